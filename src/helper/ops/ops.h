/* The operations. */
#ifndef HELPER_OPS_OPS_H
#define HELPER_OPS_OPS_H

#include "sys/helper.h"

ud_op_fn ud_op_probe;
ud_op_fn ud_op_read;
ud_op_fn ud_op_crcs;
ud_op_fn ud_op_insert;
ud_op_fn ud_op_remove;
ud_op_fn ud_op_hold;
ud_op_fn ud_op_shell;
ud_op_fn ud_op_client;
ud_op_fn ud_op_installed;
ud_op_fn ud_op_selftest;
ud_op_fn ud_op_resolve;
ud_op_fn ud_op_exports;
ud_op_fn ud_op_attach;
ud_op_fn ud_op_keep;
ud_op_fn ud_op_tunnel;
ud_op_fn ud_op_settle;
ud_op_fn ud_op_detach;
ud_op_fn ud_op_devices;
ud_op_fn ud_op_aliases;
ud_op_fn ud_op_version;

#endif

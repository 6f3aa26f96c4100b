/* What a program that is not ours keeps of a privileged container's rights. */
#ifndef HELPER_CHILD_PRIVILEGES_H
#define HELPER_CHILD_PRIVILEGES_H

/* Of the capabilities those that engines give every container's root, less that to make nodes: with
 * root's user id they are enough to use vhci_hcd's files in /sys. It cannot load modules, reach
 * hardware, mount or trace, and nor can any program that it runs. 0, or an errno number: then
 * nothing may be run. */
int ud_child_drop_privileges(void);

#endif

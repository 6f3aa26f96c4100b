/* Between routes.c, the list, and those that know who publishes what. */
#ifndef KERNEL_ROUTES_ROUTES_PARTS_H
#define KERNEL_ROUTES_ROUTES_PARTS_H

#include "kernel/routes/routes.h"

/* Adds one, which stays valid until the next; takes what and why over. */
struct ud_route *ud_routes_add(struct ud_routes *routes, enum ud_route_kind kind, unsigned gives,
                               char *what, char *why);

/* Adds the routes for whoever built the kernel. */
void ud_routes_of_flavor(const struct ud_routes_input *input, struct ud_routes *routes);

/* Of distributions. */
void ud_routes_debian(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_ubuntu(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_fedora(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_el(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_suse(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_alpine(const struct ud_routes_input *input, struct ud_routes *routes);

/* The packages that have the kernel's own modules. */
void ud_routes_debian_modules(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_ubuntu_modules(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_fedora_modules(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_el_modules(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_suse_modules(const struct ud_routes_input *input, struct ud_routes *routes);
void ud_routes_alpine_modules(const struct ud_routes_input *input, struct ud_routes *routes);

/* Where Ubuntu's packages are fetched, in new memory. */
char *ud_routes_ubuntu_image(const struct ud_routes_input *input);

/* Have a route of packages be fetched by the distribution's tool in its own image, or forbid it if
 * the kernel's release, or what the VM says of its system, does not tell which. */
void ud_routes_fetch_by_dnf(const struct ud_routes_input *input, struct ud_route *route);
void ud_routes_fetch_by_zypper(const struct ud_routes_input *input, struct ud_route *route);
void ud_routes_fetch_by_apk(const struct ud_routes_input *input, struct ud_route *route);

/* "6.12.0-160000.5" of SUSE's "6.12.0-160000.5-default", and "6.6.58-r0" of Alpine's
 * "6.6.58-0-virt", whose "virt" is *ret_flavor; in new memory. */
char *ud_routes_suse_version(const struct ud_release *release);
char *ud_routes_alpine_version(const struct ud_release *release, const char **ret_flavor);

/* Whether the VM's system has this ID in /etc/os-release, and says its version. */
bool ud_routes_os_is(const struct ud_routes_input *input, const char *id);

/* Whether an image is of this repository: "debian" of "registry.corp:5000/mirror/debian@…". */
bool ud_routes_image_is(const char *image, const char *repository);

/* The archive of kernel.org (a release, or a candidate at git.kernel.org) that the
 * kernel's version is called like, whoever built it. */
struct ud_route *ud_routes_add_kernel_org(const struct ud_routes_input *input,
                                          struct ud_routes *routes, char *why);

/* The archive that GitHub makes of Microsoft's tag. */
void ud_routes_add_wsl(const struct ud_routes_input *input, struct ud_routes *routes);

#endif

#include <stdint.h>

#include "kernel/drivers/drivers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same text as each kind of file of a kernel's sources. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char running[] = "CONFIG_USB=y\nCONFIG_TTY=y\nCONFIG_SCSI=m\n";
    static const char *const paths[] = {"Kconfig", "a/Makefile", "a/driver.c", "a/driver.h",
                                        "include/linux/usb.h"};
    const char *text = (const char *)data;
    struct ud_drivers *drivers = ud_drivers_new("x86", true);
    struct ud_driver_wish wish = {0};
    struct ud_driver_choice choice = {0};
    struct ud_config config = {0};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        ud_drivers_add(drivers, paths[i], text, size);
    }
    if (ud_drivers_read(drivers, NULL) == UD_OK &&
        ud_config_parse(running, sizeof running - 1, &config, NULL) == UD_OK &&
        ud_driver_wish_add(&wish, "driver", NULL) == UD_OK) {
        (void)!ud_drivers_choose(drivers, &wish, &config, NULL, &choice, NULL);
        ud_driver_choice_done(&choice);
        if (ud_driver_wish_add_device(&wish, "0403:6001", NULL) == UD_OK) {
            (void)!ud_drivers_choose(drivers, &wish, &config, NULL, &choice, NULL);
            ud_driver_choice_done(&choice);
        }
    }
    ud_driver_wish_done(&wish);
    ud_config_done(&config);
    ud_drivers_free(drivers);
    return 0;
}

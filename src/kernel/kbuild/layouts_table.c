#include "kbuild/layouts_table.h"

/* What usbcore, usbip-core, vhci-hcd and the host controllers' drivers embed, or look into,
 * also through inline functions. Each struct and each member is in Linux 5.4 to 7.2 whatever
 * the configuration: one that is not makes the whole table unknown. */
const struct ud_layout_row ud_layout_rows[] = {
    /* The driver model */
    {"kobject", "linux/kobject.h", {"kset", "kref"}},
    {"kset", "linux/kobject.h", {"kobj"}},
    {"attribute", "linux/sysfs.h", {"mode"}},
    {"attribute_group", "linux/sysfs.h", {0}},
    {"bin_attribute", "linux/sysfs.h", {"size"}},
    {"device", "linux/device.h", {"driver", "power", "dma_mask", "release"}},
    {"device_attribute", "linux/device.h", {"store"}},
    {"device_driver", "linux/device.h", {"owner", "pm"}},
    {"device_type", "linux/device.h", {"release", "pm"}},
    {"bus_type", "linux/device.h", {"match", "pm"}},
    {"class", "linux/device.h", {"dev_groups", "pm"}},
    {"dev_pm_info", "linux/pm.h", {"lock"}},
    {"dev_pm_ops", "linux/pm.h", {"runtime_idle"}},
    {"fwnode_handle", "linux/fwnode.h", {"ops"}},
    {"resource", "linux/ioport.h", {"flags"}},
    {"platform_device", "linux/platform_device.h", {"dev", "resource", "id_entry"}},
    {"platform_driver", "linux/platform_device.h", {"driver"}},
    {"pci_dev", "linux/pci.h", {"dev", "irq", "resource"}},
    {"notifier_block", "linux/notifier.h", {"priority"}},
    /* Files of devices */
    {"cdev", "linux/cdev.h", {"ops", "dev"}},
    {"file", "linux/fs.h", {"f_mode", "f_op", "f_pos", "private_data"}},
    {"file_operations", "linux/fs.h", {"owner", "mmap", "release"}},
    {"inode", "linux/fs.h", {"i_mode", "i_rdev", "i_private"}},
    {"poll_table_struct", "linux/poll.h", {0}},
    {"vm_area_struct", "linux/mm_types.h", {"vm_page_prot", "vm_pgoff", "vm_private_data"}},
    {"page", "linux/mm_types.h", {"_refcount"}},
    /* Tasks */
    {"task_struct", "linux/sched.h", {"flags", "pid", "cred", "comm"}},
    {"thread_info", "linux/thread_info.h", {"flags"}},
    {"cred", "linux/cred.h", {"euid", "user_ns"}},
    {"pid", "linux/pid.h", {"count", "level"}},
    /* Waiting, and what is done later */
    {"raw_spinlock", "linux/spinlock.h", {0}},
    {"spinlock", "linux/spinlock.h", {0}},
    {"mutex", "linux/mutex.h", {0}},
    {"rw_semaphore", "linux/rwsem.h", {0}},
    {"completion", "linux/completion.h", {"wait"}},
    {"wait_queue_head", "linux/wait.h", {"head"}},
    {"wait_queue_entry", "linux/wait.h", {"func", "entry"}},
    {"work_struct", "linux/workqueue.h", {"entry", "func"}},
    {"delayed_work", "linux/workqueue.h", {"timer", "wq"}},
    {"timer_list", "linux/timer.h", {"expires", "function", "flags"}},
    {"tasklet_struct", "linux/interrupt.h", {"data"}},
    {"hrtimer", "linux/hrtimer.h", {"base"}},
    {"idr", "linux/idr.h", {0}},
    /* Transfers, and sockets that carry them */
    {"scatterlist", "linux/scatterlist.h", {"length", "dma_address"}},
    {"sg_table", "linux/scatterlist.h", {"nents"}},
    {"iov_iter", "linux/uio.h", {0}},
    {"msghdr", "linux/socket.h", {"msg_iter", "msg_flags"}},
    {"socket", "linux/net.h", {"type", "file", "sk", "ops"}},
    {"sock", "net/sock.h", {"sk_allocation", "sk_socket", "sk_data_ready"}},
    /* What the kernel finds in sections of a module */
    {"kernel_param", "linux/moduleparam.h", {"ops", "level"}},
    {"kernel_param_ops", "linux/moduleparam.h", {"free"}},
    {"static_key", "linux/jump_label.h", {"enabled"}},
    {"_ddebug", "linux/dynamic_debug.h", {"format"}},
};

const size_t ud_layout_row_count = sizeof ud_layout_rows / sizeof *ud_layout_rows;

_Static_assert(sizeof ud_layout_rows / sizeof *ud_layout_rows <= UD_LAYOUTS_MAX, "UD_LAYOUTS_MAX");

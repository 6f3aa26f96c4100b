	.file	"usbipd_layouts.c"
	.text
	.p2align 4
	.globl	usbipd_layouts
	.type	usbipd_layouts, @function
usbipd_layouts:
1:	call	__fentry__
	.section __mcount_loc, "a",@progbits
	.quad 1b
	.previous
#APP
# 44 "drivers/usb/usbipd_layouts.c" 1
	
.ascii "usbipd-layout kobject - 64"
	
.ascii "usbipd-layout kobject - 64"
# 0 "" 2
	
.ascii "usbipd-layout kobject kset 32"
# 0 "" 2
	
.ascii "usbipd-layout kobject kref 56"
# 0 "" 2
	
.ascii "usbipd-layout kset - 96"
# 0 "" 2
	
.ascii "usbipd-layout kset kobj 24"
# 0 "" 2
	
.ascii "usbipd-layout attribute - 16"
# 0 "" 2
	
.ascii "usbipd-layout attribute mode 8"
# 0 "" 2
	
.ascii "usbipd-layout attribute_group - 40"
# 0 "" 2
	
.ascii "usbipd-layout bin_attribute - 64"
# 0 "" 2
	
.ascii "usbipd-layout bin_attribute size 16"
# 0 "" 2
	
.ascii "usbipd-layout device - 744"
# 0 "" 2
	
.ascii "usbipd-layout device driver 104"
# 0 "" 2
	
.ascii "usbipd-layout device power 216"
# 0 "" 2
	
.ascii "usbipd-layout device dma_mask 568"
# 0 "" 2
	
.ascii "usbipd-layout device release 696"
# 0 "" 2
	
.ascii "usbipd-layout device_attribute - 32"
# 0 "" 2
	
.ascii "usbipd-layout device_attribute store 24"
# 0 "" 2
	
.ascii "usbipd-layout device_driver - 144"
# 0 "" 2
	
.ascii "usbipd-layout device_driver owner 16"
# 0 "" 2
	
.ascii "usbipd-layout device_driver pm 120"
# 0 "" 2
	
.ascii "usbipd-layout device_type - 48"
# 0 "" 2
	
.ascii "usbipd-layout device_type release 32"
# 0 "" 2
	
.ascii "usbipd-layout device_type pm 40"
# 0 "" 2
	
.ascii "usbipd-layout bus_type - 184"
# 0 "" 2
	
.ascii "usbipd-layout bus_type match 48"
# 0 "" 2
	
.ascii "usbipd-layout bus_type pm 152"
# 0 "" 2
	
.ascii "usbipd-layout class - 120"
# 0 "" 2
	
.ascii "usbipd-layout class dev_groups 24"
# 0 "" 2
	
.ascii "usbipd-layout class pm 104"
# 0 "" 2
	
.ascii "usbipd-layout dev_pm_info - 312"
# 0 "" 2
	
.ascii "usbipd-layout dev_pm_info lock 12"
# 0 "" 2
	
.ascii "usbipd-layout dev_pm_ops - 184"
# 0 "" 2
	
.ascii "usbipd-layout dev_pm_ops runtime_idle 176"
# 0 "" 2
	
.ascii "usbipd-layout fwnode_handle - 64"
# 0 "" 2
	
.ascii "usbipd-layout fwnode_handle ops 8"
# 0 "" 2
	
.ascii "usbipd-layout resource - 64"
# 0 "" 2
	
.ascii "usbipd-layout resource flags 24"
# 0 "" 2
	
.ascii "usbipd-layout platform_device - 824"
# 0 "" 2
	
.ascii "usbipd-layout platform_device dev 16"
# 0 "" 2
	
.ascii "usbipd-layout platform_device resource 792"
# 0 "" 2
	
.ascii "usbipd-layout platform_device id_entry 800"
# 0 "" 2
	
.ascii "usbipd-layout platform_driver - 208"
# 0 "" 2
	
.ascii "usbipd-layout platform_driver driver 48"
# 0 "" 2
	
.ascii "usbipd-layout pci_dev - 2624"
# 0 "" 2
	
.ascii "usbipd-layout pci_dev dev 208"
# 0 "" 2
	
.ascii "usbipd-layout pci_dev irq 956"
# 0 "" 2
	
.ascii "usbipd-layout pci_dev resource 960"
# 0 "" 2
	
.ascii "usbipd-layout notifier_block - 24"
# 0 "" 2
	
.ascii "usbipd-layout notifier_block priority 16"
# 0 "" 2
	
.ascii "usbipd-layout cdev - 104"
# 0 "" 2
	
.ascii "usbipd-layout cdev ops 72"
# 0 "" 2
	
.ascii "usbipd-layout cdev dev 96"
# 0 "" 2
	
.ascii "usbipd-layout file - 232"
# 0 "" 2
	
.ascii "usbipd-layout file f_mode 68"
# 0 "" 2
	
.ascii "usbipd-layout file f_op 40"
# 0 "" 2
	
.ascii "usbipd-layout file f_pos 104"
# 0 "" 2
	
.ascii "usbipd-layout file private_data 200"
# 0 "" 2
	
.ascii "usbipd-layout file_operations - 280"
# 0 "" 2
	
.ascii "usbipd-layout file_operations owner 0"
# 0 "" 2
	
.ascii "usbipd-layout file_operations mmap 96"
# 0 "" 2
	
.ascii "usbipd-layout file_operations release 128"
# 0 "" 2
	
.ascii "usbipd-layout inode - 632"
# 0 "" 2
	
.ascii "usbipd-layout inode i_mode 0"
# 0 "" 2
	
.ascii "usbipd-layout inode i_rdev 76"
# 0 "" 2
	
.ascii "usbipd-layout inode i_private 624"
# 0 "" 2
	
.ascii "usbipd-layout poll_table_struct - 16"
# 0 "" 2
	
.ascii "usbipd-layout vm_area_struct - 152"
# 0 "" 2
	
.ascii "usbipd-layout vm_area_struct vm_page_prot 24"
# 0 "" 2
	
.ascii "usbipd-layout vm_area_struct vm_pgoff 104"
# 0 "" 2
	
.ascii "usbipd-layout vm_area_struct vm_private_data 120"
# 0 "" 2
	
.ascii "usbipd-layout page - 64"
# 0 "" 2
	
.ascii "usbipd-layout page _refcount 52"
# 0 "" 2
	
.ascii "usbipd-layout task_struct - 9728"
# 0 "" 2
	
.ascii "usbipd-layout task_struct flags 44"
# 0 "" 2
	
.ascii "usbipd-layout task_struct pid 2416"
# 0 "" 2
	
.ascii "usbipd-layout task_struct cred 2960"
# 0 "" 2
	
.ascii "usbipd-layout task_struct comm 2976"
# 0 "" 2
	
.ascii "usbipd-layout thread_info - 24"
# 0 "" 2
	
.ascii "usbipd-layout thread_info flags 0"
# 0 "" 2
	
.ascii "usbipd-layout cred - 176"
# 0 "" 2
	
.ascii "usbipd-layout cred euid 24"
# 0 "" 2
	
.ascii "usbipd-layout cred user_ns 136"
# 0 "" 2
	
.ascii "usbipd-layout pid - 96"
# 0 "" 2
	
.ascii "usbipd-layout pid count 0"
# 0 "" 2
	
.ascii "usbipd-layout pid level 4"
# 0 "" 2
	
.ascii "usbipd-layout raw_spinlock - 4"
# 0 "" 2
	
.ascii "usbipd-layout spinlock - 4"
# 0 "" 2
	
.ascii "usbipd-layout mutex - 32"
# 0 "" 2
	
.ascii "usbipd-layout rw_semaphore - 40"
# 0 "" 2
	
.ascii "usbipd-layout completion - 32"
# 0 "" 2
	
.ascii "usbipd-layout completion wait 8"
# 0 "" 2
	
.ascii "usbipd-layout wait_queue_head - 24"
# 0 "" 2
	
.ascii "usbipd-layout wait_queue_head head 8"
# 0 "" 2
	
.ascii "usbipd-layout wait_queue_entry - 40"
# 0 "" 2
	
.ascii "usbipd-layout wait_queue_entry func 16"
# 0 "" 2
	
.ascii "usbipd-layout wait_queue_entry entry 24"
# 0 "" 2
	
.ascii "usbipd-layout work_struct - 32"
# 0 "" 2
	
.ascii "usbipd-layout work_struct entry 8"
# 0 "" 2
	
.ascii "usbipd-layout work_struct func 24"
# 0 "" 2
	
.ascii "usbipd-layout delayed_work - 88"
# 0 "" 2
	
.ascii "usbipd-layout delayed_work timer 32"
# 0 "" 2
	
.ascii "usbipd-layout delayed_work wq 72"
# 0 "" 2
	
.ascii "usbipd-layout timer_list - 40"
# 0 "" 2
	
.ascii "usbipd-layout timer_list expires 16"
# 0 "" 2
	
.ascii "usbipd-layout timer_list function 24"
# 0 "" 2
	
.ascii "usbipd-layout timer_list flags 32"
# 0 "" 2
	
.ascii "usbipd-layout tasklet_struct - 40"
# 0 "" 2
	
.ascii "usbipd-layout tasklet_struct data 32"
# 0 "" 2
	
.ascii "usbipd-layout hrtimer - 64"
# 0 "" 2
	
.ascii "usbipd-layout hrtimer base 48"
# 0 "" 2
	
.ascii "usbipd-layout idr - 24"
# 0 "" 2
	
.ascii "usbipd-layout scatterlist - 32"
# 0 "" 2
	
.ascii "usbipd-layout scatterlist length 12"
# 0 "" 2
	
.ascii "usbipd-layout scatterlist dma_address 16"
# 0 "" 2
	
.ascii "usbipd-layout sg_table - 16"
# 0 "" 2
	
.ascii "usbipd-layout sg_table nents 8"
# 0 "" 2
	
.ascii "usbipd-layout iov_iter - 40"
# 0 "" 2
	
.ascii "usbipd-layout msghdr - 104"
# 0 "" 2
	
.ascii "usbipd-layout msghdr msg_iter 16"
# 0 "" 2
	
.ascii "usbipd-layout msghdr msg_flags 68"
# 0 "" 2
	
.ascii "usbipd-layout socket - 128"
# 0 "" 2
	
.ascii "usbipd-layout socket type 4"
# 0 "" 2
	
.ascii "usbipd-layout socket file 16"
# 0 "" 2
	
.ascii "usbipd-layout socket sk 24"
# 0 "" 2
	
.ascii "usbipd-layout socket ops 32"
# 0 "" 2
	
.ascii "usbipd-layout sock - 776"
# 0 "" 2
	
.ascii "usbipd-layout sock sk_allocation 504"
# 0 "" 2
	
.ascii "usbipd-layout sock sk_socket 624"
# 0 "" 2
	
.ascii "usbipd-layout sock sk_data_ready 680"
# 0 "" 2
	
.ascii "usbipd-layout kernel_param - 40"
# 0 "" 2
	
.ascii "usbipd-layout kernel_param ops 16"
# 0 "" 2
	
.ascii "usbipd-layout kernel_param level 26"
# 0 "" 2
	
.ascii "usbipd-layout kernel_param_ops - 32"
# 0 "" 2
	
.ascii "usbipd-layout kernel_param_ops free 24"
# 0 "" 2
	
.ascii "usbipd-layout static_key - 16"
# 0 "" 2
	
.ascii "usbipd-layout static_key enabled 0"
# 0 "" 2
	
.ascii "usbipd-layout _ddebug - 56"
# 0 "" 2
	
.ascii "usbipd-layout _ddebug format 24"
# 0 "" 2

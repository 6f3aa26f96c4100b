.ascii "usbipd-layout kset - 99999999999999999999"
.ascii "usbipd-layout page - 64
.ascii "usbipd-layout device dma_mask 8"
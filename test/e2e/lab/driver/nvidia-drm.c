// Needs nvidia, so that depmod and modprobe have something to order.
#include <linux/module.h>

int nvidia_lab_calls(void);

static int __init start(void) { return nvidia_lab_calls(); }
static void __exit end(void) {}

module_init(start);
module_exit(end);
MODULE_LICENSE(LAB_LICENSE);
MODULE_VERSION(LAB_VERSION);
MODULE_DESCRIPTION("stands in for the NVIDIA driver in tests");

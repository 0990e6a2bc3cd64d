// As much of a kernel module as DKMS and kmod look at: a name, a version, a licence, and symbols that others need.
#include <linux/module.h>

int nvidia_lab_calls(void);
int nvidia_lab_calls(void) { return 0; }
EXPORT_SYMBOL(nvidia_lab_calls);

static int __init start(void) { return 0; }
static void __exit end(void) {}

module_init(start);
module_exit(end);
MODULE_LICENSE(LAB_LICENSE);
MODULE_VERSION(LAB_VERSION);
MODULE_DESCRIPTION("stands in for the NVIDIA driver in tests");
MODULE_ALIAS("pci:v000010DEd*sv*sd*bc03sc00i00*");

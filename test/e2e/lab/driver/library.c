// A library of the right name and soname.
const char *nvidia_lab_version(void);
const char *nvidia_lab_version(void) { return "@VERSION@"; }

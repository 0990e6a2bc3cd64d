/** The programs that the doctor runs, each of which only looks. Whoever adds a question adds it here, and has thought about what it changes. */
export const looks: readonly RegExp[] = [
  /^(gcc|g\+\+|cc|make|\S+\/nvcc|\S*\/(python|pypy)[\w.]*) --version$/,
  /^node --version$/,
  /^printenv [A-Z_]+$/,
  /^dkms status$/,
  /^modinfo \S+$/,
  /^mokutil --sb-state$/,
  /^systemd-detect-virt$/,
  /^systemctl is-active \S+$/,
  /^nvidia-smi --query-gpu=/,
  /^dpkg-query /,
  /^uname -[mr]$/,
  /^dmesg$/,
  /^journalctl --dmesg --boot --no-pager /,
  /^lsinit(ramfs|rd) \S+$/,
  /^mokutil --list-enrolled$/,
  /^rpm --query --all /,
];

const clock = (round) => (round * 0.137 + 12).toFixed(6).padStart(14);
const hex = (round, digits) => ((round * 2654435761) >>> 0).toString(16).padStart(digits, '0').slice(0, digits);

/** Logs as machines write them for weeks: `block(n)` is the nth piece, a dozen lines or so. */
export const logKinds = [
  {
    name: 'dmesg',
    block: (n) =>
      `[${clock(n)}] audit: type=1400 audit(17323500${n % 100}.${n % 1000}:${n}): apparmor="ALLOWED" operation="open" profile="snap.docker" name="/proc/${n}/status" pid=${n} comm="containerd"
[${clock(n)}] br-${hex(n, 12)}: port 1(veth${hex(n, 7)}) entered forwarding state
[${clock(n)}] eth0: renamed from veth${hex(n + 1, 7)}
[${clock(n)}] IPv6: ADDRCONF(NETDEV_CHANGE): veth${hex(n, 7)}: link becomes ready
[${clock(n)}] EXT4-fs (nvme0n1p${n % 9}): mounted filesystem with ordered data mode. Opts: errors=remount-ro. Quota mode: none.
[${clock(n)}] usb 1-${n % 7}: new high-speed USB device number ${n % 127} using xhci_hcd
[${clock(n)}] nvidia 0000:17:00.0: PCI INT A: driver enabled, irq ${n % 255} for MSI/MSI-X
[${clock(n)}] python3[${n}]: segfault at ${hex(n, 8)} ip 00007f${hex(n, 8)} sp 00007ffd${hex(n, 6)} error 4 in libc.so.6[7f0000000000+195000]
[${clock(n)}] mce: [Hardware Error]: Machine check events logged
[${clock(n)}] pcieport 0000:16:01.0: AER: Corrected error received: 0000:17:00.0
`,
  },
  {
    name: 'journal',
    block: (n) =>
      `Nov 23 09:${String(n % 60).padStart(2, '0')}:${String(n % 53).padStart(2, '0')} gpu01 systemd[1]: Started session-${n}.scope - Session ${n} of User ada.
Nov 23 09:${String(n % 60).padStart(2, '0')}:01 gpu01 sshd[${n}]: Accepted publickey for ada from 10.0.0.${n % 255} port ${n % 65536} ssh2: ED25519 SHA256:${hex(n, 8)}
Nov 23 09:${String(n % 60).padStart(2, '0')}:02 gpu01 CRON[${n}]: (root) CMD (test -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; })
Nov 23 09:${String(n % 60).padStart(2, '0')}:03 gpu01 kubelet[991]: I1123 09:00:03.${n} 991 kubelet.go:2421] "SyncLoop (PLEG): event for pod" pod="default/train-${n}" event={"ID":"${hex(n, 8)}","Type":"ContainerStarted"}
Nov 23 09:${String(n % 60).padStart(2, '0')}:04 gpu01 dockerd[812]: time="2026-11-23T09:00:04.${n}Z" level=info msg="ignoring event" container=${hex(n, 8)} module=libcontainerd namespace=moby topic=/tasks/delete
Nov 23 09:${String(n % 60).padStart(2, '0')}:05 gpu01 nvidia-persistenced[1021]: device 0000:17:00.0 - persistence mode enabled.
`,
  },
  {
    name: 'make',
    block: (n) =>
      `  CC [M]  /var/lib/dkms/nvidia/550.144.03/build/nvidia/nv-${n}.o
 CONFTEST: drm_error_helper_${n}
  gcc -Wp,-MMD,/var/lib/dkms/nvidia/550.144.03/build/nvidia/.nv-${n}.o.d -nostdinc -I./arch/x86/include -I./include -D__KERNEL__ -fmacro-prefix-map=./= -Wall -Wundef -Werror=strict-prototypes -Wno-trigraphs -fno-strict-aliasing -fno-common -fshort-wchar -fno-PIE -Werror=implicit-function-declaration -Werror=implicit-int -std=gnu11 -mno-sse -m64 -O2 -fno-allow-store-data-races -c -o nv-${n}.o nv-${n}.c
/var/lib/dkms/nvidia/550.144.03/build/nvidia/nv-${n}.c:${n % 4000}:13: warning: 'status' may be used uninitialized [-Wmaybe-uninitialized]
  ${n % 4000} |     NV_STATUS status;
       |               ^~~~~~
/var/lib/dkms/nvidia/550.144.03/build/nvidia/nv-${n}.o: warning: objtool: error_handler+0x${hex(n, 3)}: missing int3 after ret
`,
  },
  {
    name: 'dpkg',
    block: (n) =>
      `2026-11-23 06:31:01 upgrade libnvidia-compute-550:amd64 550.127.0${n % 10}-0ubuntu1 550.144.03-0ubuntu1
2026-11-23 06:31:01 status half-configured libnvidia-compute-550:amd64 550.127.05-0ubuntu${n}
2026-11-23 06:31:01 status unpacked libnvidia-compute-550:amd64 550.127.05-0ubuntu${n}
2026-11-23 06:31:01 status installed libnvidia-compute-550:amd64 550.144.03-0ubuntu${n}
2026-11-23 06:31:02 trigproc initramfs-tools:all 0.142ubuntu25.4 <none>
`,
  },
  {
    name: 'training',
    block: (n) => {
      const line = `2026-11-23 09:00:00.${n} INFO trainer: epoch ${n % 90} iteration ${n} loss 0.${n % 1000} lr 1e-4 images/s ${n % 700}`;
      const bar = `${'█'.repeat(n % 20)} ${n % 100}%|  ${n}/90000 [00:00<12:31, 7.33it/s]`;
      return `${`${line}\r${bar}\r`.repeat(8)}\n`;
    },
  },
];

import { readFileSync } from 'node:fs';
import { dkmsConf, filled, moduleSources } from './driver-source.js';
import type { Lab } from './lab-system.js';
import { must } from './must.js';

const libraries = ['nvidia-ml', 'cuda', 'GLX_nvidia', 'nvidia-ptxjitcompiler'] as const;

export interface RunFileOptions {
  /** DKMS refuses its sources, as it does where they do not fit the kernel: the installer ends with 0 all the same. */
  readonly dkmsFails?: boolean;
  readonly path?: string;
}

/** Makes `NVIDIA-Linux-x86_64-VERSION.run` with makeself, around an installer with the manners of NVIDIA's. Answers its path. */
export function makeRunFile(
  lab: Lab,
  version: string,
  { dkmsFails = false, path = `/root/NVIDIA-Linux-x86_64-${version}.run` }: RunFileOptions = {},
): string {
  const folder = `/srv/build/run-${version}`;
  const into = (name: string, text: string, mode = 0o644) => lab.write(`${folder}/${name}`, text, mode);
  into('nvidia-installer', filled('nvidia-installer', { VERSION: version }), 0o755);
  for (const [directory, licence] of [
    ['kernel', 'NVIDIA'],
    ['kernel-open', 'Dual MIT/GPL'],
  ] as const)
    for (const [name, text] of Object.entries(moduleSources(version, licence))) into(`${directory}/${name}`, text);
  into('dkms.conf', dkmsFails ? 'PACKAGE_NAME="nvidia"\n' : dkmsConf('nvidia', version));
  into('files/usr/bin/nvidia-smi', filled('nvidia-smi', { VERSION: version }), 0o755);
  into('files/usr/bin/nvidia-modprobe', filled('nvidia-modprobe', {}), 0o755);
  into(`files/lib/firmware/nvidia/${version}/gsp_ga10x.bin`, `firmware ${version}\n`);
  into('files/usr/share/doc/NVIDIA_GLX-1.0/README.txt', `Driver ${version}\n`);
  into('library.c', filled('library.c', { VERSION: version }));
  const there = 'files/usr/lib/x86_64-linux-gnu';
  must(lab, ['mkdir', '-p', `${folder}/${there}`]);
  for (const name of libraries) {
    const file = `${folder}/${there}/lib${name}.so`;
    must(lab, ['gcc', '-shared', '-fPIC', `-Wl,-soname,lib${name}.so.1`, '-o', `${file}.${version}`, `${folder}/library.c`]);
    must(lab, ['ln', '-sfn', `lib${name}.so.${version}`, `${file}.1`]);
    must(lab, ['ln', '-sfn', `lib${name}.so.1`, file]);
  }
  lab.write('/srv/build/header.sh', nvidiaHeader(readFileSync(`${lab.root}/usr/share/makeself/makeself-header.sh`, 'utf8'), version));
  must(lab, [
    ...['makeself', '--quiet', '--nox11', '--noprogress', '--gzip', '--complevel', '1', '--header', '/srv/build/header.sh'],
    ...[folder, path, `NVIDIA Accelerated Graphics Driver for Linux-x86_64 ${version}`, './nvidia-installer'],
  ]);
  // As a browser leaves it.
  must(lab, ['chmod', '644', path]);
  must(lab, ['rm', '-r', folder]);
  return path;
}

/** NVIDIA's makeself hands every option that it does not know to the installer, and unpacks with `-x`. */
function nvidiaHeader(header: string, version: string): string {
  const strict = /^ {4}-\*\)\n\techo Unrecognized flag[\s\S]*?;;\n/m;
  if (!strict.test(header)) throw new Error('makeself has another header than was thought');
  return header.replace(
    strict,
    `    -x | --extract-only)\n\tscript=""\n\tcleanup_script=""\n\tkeep=y\n\ttargetdir=NVIDIA-Linux-x86_64-${version}\n\tshift\n\t;;\n    -*)\n\tbreak ;;\n`,
  );
}

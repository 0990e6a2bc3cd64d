import { dkmsConf, type Files, filled, moduleSources } from './driver-source.js';

/** What one .deb holds. */
export interface DriverPackage {
  readonly name: string;
  readonly version: string;
  readonly component: string;
  readonly architecture: 'amd64' | 'all';
  /** Further fields of its control file. */
  readonly fields: Files;
  readonly files: Files;
  readonly programs?: Files;
  readonly scripts?: Files;
  readonly conffiles?: readonly string[];
}

/** The modules' sources, with the two scripts that debhelper's dh_dkms makes. */
function dkmsPackage(
  module: string,
  driver: string,
  suffix: string,
  licence: 'NVIDIA' | 'Dual MIT/GPL',
): Pick<DriverPackage, 'files' | 'scripts'> {
  const sources = { ...moduleSources(driver, licence), 'dkms.conf': dkmsConf(module, driver, suffix) };
  return {
    files: Object.fromEntries(Object.entries(sources).map(([name, text]) => [`usr/src/${module}-${driver}/${name}`, text])),
    scripts: {
      postinst: `#!/bin/sh\nset -e\nif [ "$1" = configure ]; then /usr/lib/dkms/common.postinst ${module} ${driver} /usr/share/${module} "" "$2"; fi\n`,
      prerm: `#!/bin/sh\nset -e\ncase "$1" in remove | upgrade | deconfigure)\n  if [ "$(dkms status -m ${module} -v ${driver})" ]; then dkms remove -m ${module} -v ${driver} --all; fi ;;\nesac\n`,
    },
  };
}

/** The commands by which Debian's modules answer to NVIDIA's names (nvidia-modprobe.conf). */
const modprobeConf = (suffix: string) => `# As nvidia-alternative puts it here.
install nvidia modprobe -i nvidia-${suffix} $CMDLINE_OPTS
install nvidia-modeset modprobe nvidia ; modprobe -i nvidia-${suffix}-modeset $CMDLINE_OPTS
install nvidia-drm modprobe nvidia-modeset ; modprobe -i nvidia-${suffix}-drm $CMDLINE_OPTS
install nvidia-uvm modprobe nvidia ; modprobe -i nvidia-${suffix}-uvm $CMDLINE_OPTS
`;

const nouveauConf = 'blacklist nouveau\n';

/** Driver `version` as Debian 12 packs it: names, dependencies and components of bookworm's non-free, in October 2026. */
export function debianDriver(version: string): readonly DriverPackage[] {
  const revision = `${version}-1~deb12u1`;
  const branch = version.split('.', 1)[0]!;
  const common = { version: revision, component: 'non-free', architecture: 'amd64' } as const;
  const folder = 'usr/lib/x86_64-linux-gnu/nvidia/current';
  return [
    {
      ...common,
      name: 'nvidia-kernel-dkms',
      fields: {
        Depends: `firmware-nvidia-gsp (= ${revision}), nvidia-kernel-support (= ${revision}), dkms (>= 3.0.3-4~)`,
        Recommends: `nvidia-driver (>= ${version}) | libcuda1 (>= ${version})`,
      },
      ...dkmsPackage('nvidia-current', version, 'current', 'NVIDIA'),
    },
    {
      ...common,
      name: 'nvidia-kernel-support',
      fields: {},
      files: { 'etc/modprobe.d/nvidia.conf': modprobeConf('current'), 'etc/modprobe.d/nvidia-blacklists-nouveau.conf': nouveauConf },
      conffiles: ['/etc/modprobe.d/nvidia.conf', '/etc/modprobe.d/nvidia-blacklists-nouveau.conf'],
      scripts: {
        postinst: '#!/bin/sh\nset -e\nif [ "$1" = configure ]; then dpkg-trigger --no-await update-initramfs; fi\n',
        postrm: '#!/bin/sh\nset -e\nif [ "$1" = remove ]; then dpkg-trigger --no-await update-initramfs; fi\n',
      },
    },
    {
      ...common,
      name: 'firmware-nvidia-gsp',
      component: 'non-free-firmware',
      fields: {},
      files: { [`lib/firmware/nvidia/${version}/gsp_ga10x.bin`]: `firmware ${version}\n` },
    },
    {
      ...common,
      name: 'libnvidia-ml1',
      fields: {},
      files: { [`${folder}/libnvidia-ml.so.${version}`]: `library ${version}\n` },
    },
    { ...common, name: 'libcuda1', fields: {}, files: { [`${folder}/libcuda.so.${version}`]: `library ${version}\n` } },
    {
      ...common,
      name: 'nvidia-smi',
      fields: { Depends: `libnvidia-ml1 (= ${revision})` },
      files: {},
      programs: {
        'usr/bin/nvidia-smi': filled('nvidia-smi', { VERSION: version }),
        'usr/bin/nvidia-modprobe': filled('nvidia-modprobe', {}),
      },
    },
    {
      ...common,
      name: 'nvidia-persistenced',
      fields: {},
      files: {
        'lib/systemd/system/nvidia-persistenced.service':
          '[Unit]\nDescription=NVIDIA Persistence Daemon\n\n[Service]\nExecStart=/usr/bin/nvidia-persistenced\n\n[Install]\nWantedBy=multi-user.target\n',
      },
      programs: { 'usr/bin/nvidia-persistenced': `#!/bin/sh\nsleep ${branch}\n` },
    },
  ];
}

/** Branch `branch` as Ubuntu packs it for servers: the branch in every name, and one branch takes out the other. */
export function ubuntuDriver(version: string): readonly DriverPackage[] {
  const branch = version.split('.', 1)[0]!;
  const revision = `${version}-0ubuntu0.24.04.1`;
  const common = { version: revision, component: 'restricted', architecture: 'amd64' } as const;
  return [
    {
      ...common,
      name: `nvidia-dkms-${branch}-server-open`,
      fields: { Depends: 'dkms', Provides: 'nvidia-dkms-kernel', Conflicts: 'nvidia-dkms-kernel' },
      ...dkmsPackage('nvidia', version, '', 'Dual MIT/GPL'),
    },
    {
      ...common,
      name: `nvidia-utils-${branch}-server`,
      fields: { Provides: 'nvidia-utils', Conflicts: 'nvidia-utils', Replaces: 'nvidia-utils' },
      files: { [`usr/lib/x86_64-linux-gnu/libnvidia-ml.so.${version}`]: `library ${version}\n` },
      programs: {
        'usr/bin/nvidia-smi': filled('nvidia-smi', { VERSION: version }),
        'usr/bin/nvidia-modprobe': filled('nvidia-modprobe', {}),
      },
    },
    {
      ...common,
      name: `nvidia-headless-${branch}-server-open`,
      fields: { Depends: `nvidia-dkms-${branch}-server-open (= ${revision})`, Provides: 'nvidia-headless', Conflicts: 'nvidia-headless' },
      files: { [`usr/share/doc/nvidia-headless-${branch}-server-open/README`]: 'a metapackage\n' },
    },
  ];
}

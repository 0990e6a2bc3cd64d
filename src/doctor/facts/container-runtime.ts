import { type Fact, known } from '../fact.js';
import { programsInPath } from './programs-in-path.js';

/** What runs containers here, and what hands it the GPU. */
export interface ContainerRuntime {
  /** `docker`, `podman`, `containerd` */
  readonly runtimes: readonly string[];
  /** Whether the NVIDIA Container Toolkit is installed. */
  readonly toolkit: boolean;
  /** Whether docker's configuration names NVIDIA's runtime. */
  readonly dockerConfigured: boolean;
  /** Files that describe the GPUs to any runtime (Container Device Interface). */
  readonly cdiFiles: readonly string[];
}

/** `{"runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}}`; a file that is no JSON configures nothing. */
export function namesNvidiaRuntime(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    const runtimes = typeof document === 'object' && document !== null && 'runtimes' in document ? document.runtimes : undefined;
    return typeof runtimes === 'object' && runtimes !== null && 'nvidia' in runtimes;
  } catch {
    // Docker itself refuses such a file; that is not for us to say here.
    return false;
  }
}

/** Docker and its like, and the NVIDIA Container Toolkit. */
export const containerRuntime: Fact<ContainerRuntime> = {
  name: 'containerRuntime',
  async read(host, facts) {
    const programs = await facts.of(programsInPath);
    if (!programs.known) return programs;
    const has = (name: string) => programs.value.some((program) => program.name === name);
    const [daemon, etc, run] = await Promise.all([host.read('/etc/docker/daemon.json'), host.list('/etc/cdi'), host.list('/run/cdi')]);
    const cdiFiles = [
      ...(etc.outcome === 'entries' ? etc.names.map((name) => `/etc/cdi/${name}`) : []),
      ...(run.outcome === 'entries' ? run.names.map((name) => `/run/cdi/${name}`) : []),
    ].filter((name) => /nvidia.*\.(json|ya?ml)$/.test(name));
    return known(
      {
        runtimes: ['docker', 'podman', 'containerd'].filter(has),
        toolkit: has('nvidia-ctk') || has('nvidia-container-cli') || has('nvidia-container-runtime-hook'),
        dockerConfigured: daemon.outcome === 'text' && namesNvidiaRuntime(daemon.text),
        cdiFiles,
      },
      'PATH, /etc/docker/daemon.json and the folders of CDI',
    );
  },
};

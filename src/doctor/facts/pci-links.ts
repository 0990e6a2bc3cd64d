import { posix } from 'node:path';
import type { Host, HostPath } from '../../host/host.js';
import { type Fact, known } from '../fact.js';
import { nvidiaFunctions } from './nvidia-functions.js';

/** The link between a GPU and the bridge above it. */
export interface PciLink {
  readonly address: string;
  /** The bridges between the processor and the GPU, nearest to the GPU last; undefined where nobody could look. */
  readonly bridges: readonly string[] | undefined;
  /** Lanes that are in use. Speeds are left out: an idle GPU slows its link down to save power. */
  readonly width: number | undefined;
  /** Lanes that the GPU has, and that the bridge above it has. */
  readonly gpuWidth: number | undefined;
  readonly slotWidth: number | undefined;
}

const directory = '/sys/bus/pci/devices';
const address = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/;

/** The bridges on the way: `../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0` is a GPU below 0000:00:01.0 */
export const bridgesOf = (target: string): readonly string[] =>
  target
    .split('/')
    .filter((part) => address.test(part))
    .slice(0, -1);

/** `16`; 0, 63 and 255 are what virtual machines and links that are down say. */
export function parseLinkWidth(text: string): number | undefined {
  const width = /^\d{1,3}$/.test(text.trim()) ? Number(text) : 0;
  return width >= 1 && width <= 32 ? width : undefined;
}

/** Links and bridges of the GPUs, from sysfs. */
export const pciLinks: Fact<readonly PciLink[]> = {
  name: 'pciLinks',
  async read(host, facts) {
    const functions = await facts.of(nvidiaFunctions);
    if (!functions.known) return functions;
    const gpus = functions.value.filter(({ isGpu }) => isGpu);
    return known(await Promise.all(gpus.map((gpu) => look(host, gpu.address))), `${directory}/*/current_link_width`);
  },
};

async function look(host: Host, gpu: string): Promise<PciLink> {
  const [place, width, gpuWidth] = await Promise.all([
    host.readLink(`${directory}/${gpu}`),
    widthIn(host, gpu, 'current_link_width'),
    widthIn(host, gpu, 'max_link_width'),
  ]);
  const bridges = place.outcome === 'link' ? bridgesOf(posix.normalize(place.target)) : undefined;
  const above = bridges?.at(-1);
  const slotWidth = above === undefined ? undefined : await widthIn(host, above, 'max_link_width');
  return { address: gpu, bridges, width, gpuWidth, slotWidth };
}

async function widthIn(host: Host, device: string, name: string): Promise<number | undefined> {
  const answer = await host.read(`${directory}/${device}/${name}` as HostPath);
  return answer.outcome === 'text' ? parseLinkWidth(answer.text) : undefined;
}

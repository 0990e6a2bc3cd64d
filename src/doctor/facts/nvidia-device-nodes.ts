import type { FileStatus, HostPath } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';
import { noFact } from '../no-fact.js';

export interface DeviceNode {
  readonly path: HostPath;
  /** Undefined where it is listed but nobody could look at it. */
  readonly status: FileStatus | undefined;
}

export interface DeviceNodes {
  /** /dev/nvidia0, /dev/nvidia1, …: one for each GPU. */
  readonly gpus: readonly DeviceNode[];
  readonly control: DeviceNode | undefined;
  readonly uvm: DeviceNode | undefined;
}

/** The nodes in /dev through which programs reach the driver. */
export const nvidiaDeviceNodes: Fact<DeviceNodes> = {
  name: 'nvidiaDeviceNodes',
  async read(host) {
    const listing = await host.list('/dev');
    if (listing.outcome === 'absent') return unknown('/dev is not there');
    if (listing.outcome !== 'entries') return noFact('/dev', listing);
    const look = async (name: string): Promise<DeviceNode> => {
      const path = `/dev/${name}` as HostPath;
      const answer = await host.stat(path);
      if (answer.outcome !== 'status') return { path, status: undefined };
      const { outcome: _, ...status } = answer;
      return { path, status };
    };
    const named = async (name: string) => (listing.names.includes(name) ? look(name) : undefined);
    const numbered = listing.names
      .filter((name) => /^nvidia\d+$/.test(name))
      .sort((one, other) => Number(one.slice(6)) - Number(other.slice(6)));
    const gpus = await Promise.all(numbered.map(look));
    return known({ gpus, control: await named('nvidiactl'), uvm: await named('nvidia-uvm') }, '/dev/nvidia*');
  },
};

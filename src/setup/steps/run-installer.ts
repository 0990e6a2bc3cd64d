import { createHash } from 'node:crypto';
import { z } from 'zod';
import { factsOf } from '../../doctor/fact.js';
import { runManifest } from '../../doctor/facts/run-manifest.js';
import { UserError } from '../../errors.js';
import type { Host, HostPath } from '../../host/host.js';
import type { StepKind } from '../step.js';
import { versionText } from '../tables/row-source.js';
import { sha256Text } from '../tables/run-installers.js';
import { carryOut } from './carry-out.js';
import { hostPath } from './host-path.js';

interface Params {
  readonly file: HostPath;
  readonly version: string;
  /** What the installer of this very version knows: `runArguments` makes them. */
  readonly args: readonly string[];
  /** What the file had when the plan was made: another one is not run. */
  readonly sha256?: string | undefined;
}

/** What was there before. */
const found = z.object({
  /** A driver of another installer, which the new one takes away before it begins. */
  replaces: z.string().nullable().default(null),
});

const uninstaller = '/usr/bin/nvidia-uninstall';
const installerLog = '/var/log/nvidia-installer.log';
const libraries = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'] as const;

/**
 * Runs NVIDIA's .run installer. It ends with 0 or 1 only, and with 0 even where DKMS registration failed, so the proof is
 * in `dkms status`, not in its exit code.
 */
export const runInstaller: StepKind<Params> = {
  kind: 'run-installer',
  params: z.strictObject({
    file: hostPath,
    version: versionText,
    args: z.array(z.string().regex(/^--[^\p{Cc}]+$/u)),
    sha256: sha256Text.optional(),
  }),
  describe: ({ file, version, args }) => ({
    summary: `Install driver ${version} with ${file}`,
    // The file is a shell script with data behind it. Started by `sh` it need not be executable, nor lie where programs may be run.
    commands: [{ program: 'sh', args: [file, ...args], timeoutMs: 30 * 60_000 }],
    files: [],
    risk: 'disruptive',
    needs: ['root'],
    undo: {
      words: "NVIDIA's own uninstaller puts back every file it replaced",
      commands: [{ program: 'nvidia-uninstall', args: ['--silent'] }],
    },
    proof: [
      ...(args.includes('--dkms')
        ? [{ command: { program: 'dkms', args: ['status'] }, expect: `says \`installed\` of nvidia/${version} and the running kernel` }]
        : []),
      { file: installerLog, expect: 'has no line with `ERROR:` and says that the installation is complete' },
    ],
  }),
  async isDone({ version }, host) {
    const installed = await host.stat(uninstaller);
    if (installed.outcome === 'unavailable') return 'cannot-tell';
    if (installed.outcome === 'absent') return 'not-done';
    for (const directory of libraries) {
      const library = await host.stat(`${directory}/libnvidia-ml.so.${version}`);
      if (library.outcome === 'status') return 'done';
    }
    return 'not-done';
  },
  change: {
    async before({ file }, host) {
      const status = await host.stat(file);
      if (status.outcome !== 'status' || status.kind !== 'file') throw new UserError(`There is no file \`${file}\``, { exitCode: 3 });
      const manifest = await factsOf(host).of(runManifest);
      return { replaces: (manifest.known && manifest.value?.driver) || null };
    },
    // The installer takes away what an earlier try of it left before it begins.
    async apply(params, _, host) {
      if (params.sha256 !== undefined && (await sha256Of(host, params.file)) !== params.sha256)
        throw new UserError(`\`${params.file}\` is not the file that the plan was made with: its SHA-256 differs`, {
          exitCode: 3,
          hint: 'somebody changed it since; look who, and plan again',
        });
      await carryOut(host, runInstaller.describe(params).commands);
      const log = await host.read(installerLog, 'utf8', 1024 * 1024);
      const complaints = log.outcome === 'text' ? complaintsIn(log.text) : [];
      if (complaints.length > 0) {
        throw new UserError(`The installer ended with 0, and its log says: ${complaints.slice(0, 3).join('; ')}`, {
          exitCode: 3,
          hint: `the whole log is \`${installerLog}\``,
        });
      }
    },
    async undo(_, record, host) {
      if ((await host.stat(uninstaller)).outcome === 'status')
        await carryOut(host, [{ program: uninstaller, args: ['--silent'], timeoutMs: 10 * 60_000 }]);
      const { replaces } = found.parse(record);
      return replaces
        ? `Driver ${replaces}, which the installer had replaced, is gone: run its installer again to have it back`
        : undefined;
    },
    async isCarriedOut(params, host) {
      const done = await runInstaller.isDone(params, host);
      const log = await host.read(installerLog, 'utf8', 1024 * 1024);
      // It copies the libraries long before it is through: one that was cut off has them, and no such line.
      if (done !== 'done' || log.outcome !== 'text') return done;
      return log.text.includes(`(version: ${params.version}) is now complete`) ? 'done' : 'not-done';
    },
  },
};

async function sha256Of(host: Host, file: HostPath): Promise<string | undefined> {
  const streamed = await host.stream(file);
  if (streamed.outcome !== 'bytes') return undefined;
  const hash = createHash('sha256');
  for await (const chunk of streamed.chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** Lines such as `ERROR: Failed to run …`, `WARNING: Failed to register the NVIDIA kernel modules with DKMS`. */
export const complaintsIn = (log: string): readonly string[] =>
  log
    .split('\n')
    .filter((line) => /^\s*(?:->\s*)?ERROR:/.test(line) || /Failed to (?:register|install) .*DKMS/i.test(line))
    .map((line) => line.trim());

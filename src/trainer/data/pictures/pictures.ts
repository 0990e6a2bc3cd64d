import { availableParallelism } from 'node:os';
import { type Batch, type BatchSample, type Dataset, pixelMean, type Record } from '../../contracts.js';
import { batchesPerEpoch, epochOrder, streams } from './epoch-order.js';
import type { PictureJob } from './picture-job.js';
import { placeTruth } from './place-truth.js';
import { type Augment, type Placement, plainPlacement, randomPlacement } from './placement.js';
import { flooredSize, type Resize, resizedSize, shrunkSize } from './resize.js';
import { WorkerPool } from './worker-pool.js';

export interface PicturesOptions {
  /** Threads that decode and draw; one on two cores, at most four, unless told. */
  readonly workers?: number;
  /** Bytes of decoded pictures to keep for the epochs that follow; 1 GiB unless told, 0 keeps none. */
  readonly cacheBytes?: number;
  /**
   * The detail that is worth keeping: decoded pictures are shrunk to it, kept or not, before anything else, so give the
   * largest size that will be asked for, times the largest zoom. 800 and 1333 unless told.
   */
  readonly detail?: Resize;
}

export interface BatchesOptions {
  readonly dataset: Pick<Dataset, 'records'>;
  readonly batchSize: number;
  /** The size of the pictures, or that of the batch with this number, counted from the beginning of `epoch`. */
  readonly resize: Resize | ((batch: number) => Resize);
  /** Bytes without aliasing unless told; or as torchvision's detectors see pictures, in floats, sides rounded down, padded with the mean. */
  readonly drawing?: 'antialiased' | 'torchvision';
  /** The sides of a batch are multiples of it, 1 unless told. */
  readonly multipleOf?: number;
  readonly seed: number;
  /** The first epoch, 0 unless told; order and augmentation depend on it. */
  readonly epoch?: number;
  /** How many epochs to go on without a pause between them, 1 unless told; may be infinite. */
  readonly epochs?: number;
  /** Batches to skip, counted from the beginning of `epoch`. */
  readonly startAt?: number;
  /** Training shuffles, groups by shape and drops the last batch where it is not full; without it nothing of that happens. */
  readonly shuffle?: boolean;
  readonly augment?: Augment;
  /** Batches made ahead of the one handed out, 3 unless told. */
  readonly ahead?: number;
  /** Ends the iteration with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Decoded pictures held in memory. */
export interface CacheUse {
  readonly pictures: number;
  readonly bytes: number;
}

/**
 * Turns records into batches, ahead of time and in other threads. What a batch holds depends on `seed`, the epoch and the
 * pictures alone: not on workers, cache or where the iteration began.
 */
export class Pictures {
  readonly #pool: WorkerPool;
  readonly #cacheBytes: number;
  readonly #detail: Resize;
  /** By path; `pending` while its bytes are being made, so that they are counted once. */
  readonly #kept = new Map<string, Uint8Array | 'pending'>();
  #bytes = 0;

  constructor({ workers = defaultWorkers(), cacheBytes = 2 ** 30, detail = { shortSide: 800, longSide: 1333 } }: PicturesOptions = {}) {
    this.#pool = new WorkerPool(workers);
    this.#cacheBytes = cacheBytes;
    this.#detail = detail;
  }

  get cached(): CacheUse {
    return { pictures: [...this.#kept.values()].filter((kept) => kept !== 'pending').length, bytes: this.#bytes };
  }

  /** Batches in order, made ahead. Throws the UserError of a picture that cannot be read, in place of its batch. */
  async *batches(options: BatchesOptions): AsyncGenerator<Batch, void, void> {
    const { ahead = 3, signal } = options;
    const plans = planned(options);
    const coming: Promise<Batch>[] = [];
    for (;;) {
      while (coming.length <= ahead) {
        const next = plans.next();
        if (next.done) break;
        const batch = this.#make(next.value, options);
        // Its failure is thrown when its turn comes, if it comes.
        batch.catch(() => undefined);
        coming.push(batch);
      }
      signal?.throwIfAborted();
      const batch = coming.shift();
      if (!batch) return;
      yield await (signal ? orAborted(batch, signal) : batch);
    }
  }

  /** Stops the workers and lets go of what was kept. */
  async close(): Promise<void> {
    this.#kept.clear();
    this.#bytes = 0;
    await this.#pool.close();
  }

  async #make({ indices, epoch, resize }: Plan, { dataset, seed, augment, drawing, multipleOf = 1 }: BatchesOptions): Promise<Batch> {
    const floats = drawing === 'torchvision';
    const placed = indices.map((index) => {
      const record = dataset.records[index]!;
      // What is scaled once more would not be to the bit what torchvision makes of it.
      const picture = floats ? { width: record.width, height: record.height } : shrunkSize(record, this.#detail);
      const canvas = floats ? flooredSize(record, resize) : resizedSize(record, resize);
      if (!augment) return { record, picture, placement: plainPlacement(picture, canvas) };
      return { record, picture, placement: visiblePlacement(record, picture, canvas, augment, streams.placement(seed, epoch, index)) };
    });
    const rounded = (side: number) => Math.ceil(side / multipleOf) * multipleOf;
    const width = rounded(Math.max(...placed.map(({ placement }) => placement.canvas.width)));
    const height = rounded(Math.max(...placed.map(({ placement }) => placement.canvas.height)));
    const pixels = emptyBatch(placed.length * height * width, floats);
    await Promise.all(
      placed.map(({ record, picture, placement }, i) =>
        this.#draw({
          path: record.imagePath,
          expected: { width: record.width, height: record.height },
          kept: picture,
          placement,
          batch: pixels,
          offset: i * height * width * 3,
          stride: width * 3,
        }),
      ),
    );
    return { pixels, count: placed.length, height, width, samples: placed.map((each) => sampleOf(each, augment)) };
  }

  async #draw(job: Omit<PictureJob, 'keep' | 'pixels'>): Promise<void> {
    const kept = this.#kept.get(job.path);
    const size = job.kept.width * job.kept.height * 3;
    const keep = kept === undefined && this.#bytes + size <= this.#cacheBytes;
    if (keep) {
      this.#kept.set(job.path, 'pending');
      this.#bytes += size;
    }
    const { pixels } = await this.#pool.run({ ...job, keep, ...(kept && kept !== 'pending' ? { pixels: kept } : {}) });
    if (pixels && this.#kept.get(job.path) === 'pending') this.#kept.set(job.path, pixels);
  }
}

/** Shared memory for so many pixels: zeros, or floats of the mean. */
function emptyBatch(pixels: number, floats: boolean): Uint8Array | Float32Array {
  if (!floats) return new Uint8Array(new SharedArrayBuffer(3 * pixels));
  const batch = new Float32Array(new SharedArrayBuffer(12 * pixels));
  for (let i = 0; i < batch.length; i += 3) batch.set(pixelMean, i);
  return batch;
}

/** Leaves a core to the engine, and takes no more than JPEGs need to keep one busy. */
function defaultWorkers(): number {
  return Math.min(Math.max(availableParallelism() - 1, 1), 4);
}

/** One batch to be made. */
interface Plan {
  readonly epoch: number;
  readonly indices: readonly number[];
  readonly resize: Resize;
}

function* planned({
  dataset,
  batchSize,
  resize,
  seed,
  epoch = 0,
  epochs = 1,
  startAt = 0,
  shuffle = false,
}: BatchesOptions): Generator<Plan, void> {
  const perEpoch = batchesPerEpoch(dataset.records.length, { batchSize, dropLast: shuffle });
  if (perEpoch === 0) return;
  for (let pass = Math.floor(startAt / perEpoch); pass < epochs; pass++) {
    const order = epochOrder(dataset.records, {
      batchSize,
      ...(shuffle ? { random: streams.order(seed, epoch + pass) } : {}),
      groupByShape: shuffle,
      dropLast: shuffle,
    });
    for (let i = Math.max(0, startAt - pass * perEpoch); i < perEpoch; i++) {
      const number = pass * perEpoch + i;
      yield { epoch: epoch + pass, indices: order[i]!, resize: typeof resize === 'function' ? resize(number) : resize };
    }
  }
}

interface Placed {
  readonly record: Record;
  readonly picture: { readonly width: number; readonly height: number };
  readonly placement: Placement;
}

/** Draws again, up to ten times, where a crop would leave nothing of a picture's objects. */
function visiblePlacement(
  record: Record,
  picture: Placed['picture'],
  canvas: Placed['picture'],
  augment: Augment,
  random: ReturnType<typeof streams.placement>,
): Placement {
  for (let attempt = 1; ; attempt++) {
    const placement = randomPlacement(picture, canvas, random, augment);
    if (attempt === 10 || record.truth.boxes.count === 0) return placement;
    if (truthOf({ record, picture, placement }, augment).boxes.count > 0) return placement;
  }
}

function truthOf({ record, picture, placement }: Placed, augment: Augment | undefined) {
  return placeTruth(record.truth, record, { ...placement, picture, leastVisible: augment?.leastVisible ?? 0.3 });
}

function sampleOf(placed: Placed, augment: Augment | undefined): BatchSample {
  const { record, picture, placement } = placed;
  return {
    record,
    ...placement.canvas,
    scaleX: (placement.width / placement.window.width) * (picture.width / record.width),
    scaleY: (placement.height / placement.window.height) * (picture.height / record.height),
    truth: truthOf(placed, augment),
  };
}

/** The promise, or the signal's reason if that comes first. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

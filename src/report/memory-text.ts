/** An allocator's statistics (`{ tensors: 2, peakBytes: 4194304 }`) as one line: `tensors 2, peak 4.0 MiB`. */
export function memoryLine(statistics: Readonly<Record<string, number>>): string {
  return Object.entries(statistics)
    .map(([name, value]) => {
      const bytes = /^(.*?)[Bb]ytes$/.exec(name);
      const words = (bytes ? bytes[1] || 'used' : name).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
      return `${words} ${bytes ? sized(value) : value}`;
    })
    .join(', ');
}

const sized = (bytes: number) => (bytes < 2 ** 20 ? `${(bytes / 2 ** 10).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`);

/**
 * Letters as strokes, so that pictures carry names on a machine without fonts. Each glyph is polylines on a grid of 0 to 4
 * across and 0 to 8 down: capitals stand on 6, small letters begin at 2, descenders reach 8. `06 00 40` goes through the
 * points (0, 6), (0, 0), (4, 0); `|` lifts the pen.
 */
const glyphs: Readonly<Record<string, string>> = {
  A: '06 02 20 42 46|04 44',
  B: '03 33 42 41 30 00 06 36 45 44 33',
  C: '41 30 10 01 05 16 36 45',
  D: '00 06 26 44 42 20 00',
  E: '40 00 06 46|03 33',
  F: '40 00 06|03 33',
  G: '41 30 10 01 05 16 36 45 43 23',
  H: '00 06|40 46|03 43',
  I: '10 30|20 26|16 36',
  J: '40 45 36 16 05',
  K: '00 06|40 03 46',
  L: '00 06 46',
  M: '06 00 23 40 46',
  N: '06 00 46 40',
  O: '10 30 41 45 36 16 05 01 10',
  P: '06 00 30 41 42 33 03',
  Q: '10 30 41 45 36 16 05 01 10|24 46',
  R: '06 00 30 41 42 33 03|23 46',
  S: '41 30 10 01 02 13 33 44 45 36 16 05',
  T: '00 40|20 26',
  U: '00 05 16 36 45 40',
  V: '00 26 40',
  W: '00 16 23 36 40',
  X: '00 46|40 06',
  Y: '00 23 40|23 26',
  Z: '00 40 06 46',
  a: '12 32 43 46 16 05 14 44',
  b: '00 06 36 45 43 32 02',
  c: '43 32 12 03 05 16 36 45',
  d: '40 46 16 05 03 12 42',
  e: '04 44 43 32 12 03 05 16 36',
  f: '40 30 21 26|12 32',
  g: '46 16 05 03 12 42 47 38 18',
  h: '00 06|03 12 32 43 46',
  i: '20 20|12 22 26|16 36',
  j: '30 30|22 32 37 28 18',
  k: '00 06|42 04 46',
  l: '10 20 26|16 36',
  m: '06 02 12 23 26|23 32 43 46',
  n: '06 02|03 12 32 43 46',
  o: '12 32 43 45 36 16 05 03 12',
  p: '08 02 32 43 45 36 06',
  q: '48 42 12 03 05 16 46',
  r: '02 06|04 22 32 43',
  s: '42 12 03 14 34 45 36 06',
  t: '10 15 26 36|02 32',
  u: '02 05 16 36 45 42',
  v: '02 26 42',
  w: '02 16 23 36 42',
  x: '02 46|42 06',
  y: '02 05 16 46|42 47 38 18',
  z: '02 42 06 46',
  '0': '10 30 41 45 36 16 05 01 10|14 32',
  '1': '01 20 26|06 46',
  '2': '01 10 30 41 42 06 46',
  '3': '00 40 23 33 44 45 36 16 05',
  '4': '36 30 04 44',
  '5': '40 00 03 33 44 45 36 16 05',
  '6': '30 10 01 05 16 36 45 44 33 03',
  '7': '00 40 16',
  '8': '13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33',
  '9': '43 13 02 01 10 30 41 45 36 16',
  '.': '26 26',
  ',': '26 17',
  ':': '22 22|26 26',
  ';': '22 22|26 17',
  '!': '20 24|26 26',
  '?': '01 10 30 41 42 24|26 26',
  '-': '04 44',
  _: '07 47',
  '+': '04 44|22 26',
  '=': '03 43|05 45',
  '/': '07 40',
  '\\': '00 47',
  '(': '30 12 15 37',
  ')': '10 32 35 17',
  '[': '30 10 17 37',
  ']': '10 30 37 17',
  '{': '30 21 23 14 25 26 37',
  '}': '10 21 23 34 25 26 17',
  '|': '20 27',
  "'": '20 22',
  '"': '10 12|30 32',
  '`': '10 22',
  '^': '02 20 42',
  '~': '04 13 34 43',
  '*': '22 26|03 45|43 05',
  '#': '10 16|30 36|02 42|04 44',
  $: '41 30 10 01 02 13 33 44 45 36 16 05|20 26',
  '%': '40 06|00 11|35 46',
  '&': '46 12 11 20 31 32 04 05 16 26 44',
  '<': '42 04 46',
  '>': '02 44 06',
  '@': '34 24 15 26 36 33 23|36 45 42 30 10 01 05 16',
};

/** Of a letter that the font lacks. */
const unknown = '00 40 46 06 00';
/** Grid units from one letter to the next, and the height of a line of capitals. */
const advance = 5.6;
const capitals = 6;

export interface TextBox {
  readonly width: number;
  readonly height: number;
}

/** The pixels that `text` takes with capitals `size` pixels high; descenders hang two sixths below. */
export function measureText(text: string, size: number): TextBox {
  const count = lettersOf(text).length;
  return { width: Math.max(0, count * advance - (advance - 4)) * (size / capitals), height: size };
}

/** The `d` of an SVG path that writes `text`, its first capital's upper left corner at (left, top). To be stroked with round caps. */
export function textPath(text: string, at: { readonly left: number; readonly top: number; readonly size: number }): string {
  const unit = at.size / capitals;
  const place = (value: number) => Number(value.toFixed(2));
  return lettersOf(text)
    .flatMap((letter, index) => {
      const strokes = letter === ' ' ? [] : (glyphs[letter] ?? unknown).split('|');
      return strokes.map((stroke) =>
        stroke
          .split(' ')
          .map((point, i) => {
            const x = place(at.left + (index * advance + Number(point[0])) * unit);
            // A dot is a stroke too short to see, which some renderers would not cap.
            const y = place(at.top + (Number(point[1]) + (i > 0 && stroke === `${point} ${point}` ? 0.1 : 0)) * unit);
            return `${i === 0 ? 'M' : 'L'}${x} ${y}`;
          })
          .join(''),
      );
    })
    .join('');
}

/** Accents are dropped: their letters are what the font has. */
function lettersOf(text: string): readonly string[] {
  return [
    ...text
      .normalize('NFD')
      .replace(/\p{Mark}/gu, '')
      .replace(/\s/gu, ' '),
  ];
}

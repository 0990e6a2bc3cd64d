import { SaxesParser } from 'saxes';
import { UserError } from '../../../errors.js';

/** The text of an element and the line on which it begins. */
export interface Field {
  readonly text: string;
  readonly line: number;
}

/** One `<object>` as written, nothing judged yet. */
export interface VocObject {
  readonly line: number;
  readonly name?: Field;
  readonly difficult?: Field;
  readonly xmin?: Field;
  readonly ymin?: Field;
  readonly xmax?: Field;
  readonly ymax?: Field;
}

/** One annotation file as written, nothing judged yet. */
export interface VocAnnotation {
  readonly filename?: Field;
  readonly width?: Field;
  readonly height?: Field;
  readonly objects: readonly VocObject[];
}

const objectFields: Readonly<Record<string, keyof Omit<VocObject, 'line'>>> = {
  'annotation/object/name': 'name',
  'annotation/object/difficult': 'difficult',
  'annotation/object/bndbox/xmin': 'xmin',
  'annotation/object/bndbox/ymin': 'ymin',
  'annotation/object/bndbox/xmax': 'xmax',
  'annotation/object/bndbox/ymax': 'ymax',
};
const pictureFields: Readonly<Record<string, keyof Omit<VocAnnotation, 'objects'>>> = {
  'annotation/filename': 'filename',
  'annotation/size/width': 'width',
  'annotation/size/height': 'height',
};

/**
 * Reads one Pascal VOC annotation. Names and boxes of an object's `<part>`s are not the object's own and are passed over.
 * `file` is what complaints call it. Throws a UserError with file and line where it is not XML or not an annotation.
 */
export function parseAnnotation(bytes: Uint8Array, file: string): VocAnnotation {
  const picture: { -readonly [K in keyof Omit<VocAnnotation, 'objects'>]: VocAnnotation[K] } = {};
  const objects: { -readonly [K in keyof VocObject]: VocObject[K] }[] = [];
  const path: string[] = [];
  let text = '';
  let openedAt = 0;

  const parser = new SaxesParser({ position: true });
  parser.on('error', ({ message }) => {
    // saxes says `line:column: what`.
    const [, line, what] = /^(\d+):\d+: (.*)$/s.exec(message) ?? [undefined, String(parser.line), message];
    throw new UserError(`\`${file}:${line}\` is not well-formed XML: ${reasonOf(what!, path)}`, {
      hint: 'mend the annotation, or take its name out of the split',
    });
  });
  parser.on('opentag', ({ name }) => {
    if (path.length === 0 && name !== 'annotation')
      throw new UserError(`\`${file}:${parser.line}\` is not a Pascal VOC annotation: its root is \`<${name}>\`, not \`<annotation>\``);
    path.push(name);
    text = '';
    openedAt = parser.line;
    if (path.join('/') === 'annotation/object') objects.push({ line: parser.line });
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('cdata', (piece) => {
    text += piece;
  });
  parser.on('closetag', () => {
    const at = path.join('/');
    const field: Field = { text: text.trim(), line: openedAt };
    const ofObject = objectFields[at];
    const ofPicture = pictureFields[at];
    if (ofObject) objects.at(-1)![ofObject] = field;
    if (ofPicture) picture[ofPicture] = field;
    path.pop();
    text = '';
  });
  parser.write(decode(bytes, file)).close();
  return { ...picture, objects };
}

function reasonOf(what: string, path: readonly string[]): string {
  if (/^unclosed tag|^unexpected end|root element/.test(what)) {
    return path.length > 0 ? `it is cut off inside \`<${path.at(-1)}>\`` : 'it holds no element';
  }
  return what.replace(/\.$/, '');
}

/** In the encoding that the XML declaration names; UTF-8 (or UTF-16 by its byte order mark) unless told. */
function decode(bytes: Uint8Array, file: string): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200));
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : (/^\s*<\?xml[^>]*encoding=["']([\w.:-]+)["']/.exec(head.replace(/^\xef\xbb\xbf/, ''))?.[1] ?? 'utf-8');
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch (cause) {
    throw new UserError(`\`${file}:1\` names an encoding that is not known: \`${encoding}\``, { cause });
  }
}

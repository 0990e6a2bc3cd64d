import type { Size } from '../pictures/resize.js';

export interface WrittenObject {
  readonly name: string;
  /** x1 y1 x2 y2, 0-based, exclusive ends. */
  readonly box: readonly [number, number, number, number];
  readonly truncated: boolean;
  readonly difficult: boolean;
}

export interface WrittenAnnotation extends Size {
  readonly folder: string;
  readonly filename: string;
  readonly objects: readonly WrittenObject[];
}

/** A Pascal VOC annotation; boxes become 1-based with inclusive ends. */
export function annotationXml({ folder, filename, width, height, objects }: WrittenAnnotation): string {
  return `<annotation>
  <folder>${escaped(folder)}</folder>
  <filename>${escaped(filename)}</filename>
  <source>
    <database>${escaped(folder)}</database>
  </source>
  <size>
    <width>${width}</width>
    <height>${height}</height>
    <depth>3</depth>
  </size>
  <segmented>0</segmented>
${objects.map(objectXml).join('')}</annotation>
`;
}

function objectXml({ name, box: [x1, y1, x2, y2], truncated, difficult }: WrittenObject): string {
  return `  <object>
    <name>${escaped(name)}</name>
    <pose>Unspecified</pose>
    <truncated>${Number(truncated)}</truncated>
    <difficult>${Number(difficult)}</difficult>
    <bndbox>
      <xmin>${x1 + 1}</xmin>
      <ymin>${y1 + 1}</ymin>
      <xmax>${x2}</xmax>
      <ymax>${y2}</ymax>
    </bndbox>
  </object>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What the made pictures show. */
export const shapeNames = ['circle', 'square', 'star', 'triangle'] as const;
export type ShapeName = (typeof shapeNames)[number];

export interface ShapePose {
  readonly x: number;
  readonly y: number;
  /** Of the circle through its corners. */
  readonly radius: number;
  /** Radians. */
  readonly turn: number;
}

/** How far a point lies outside the outline, in pixels; negative inside. */
export type Distance = (x: number, y: number) => number;

export function outlineOf(name: ShapeName, pose: ShapePose): Distance {
  if (name === 'circle') return (x, y) => Math.hypot(x - pose.x, y - pose.y) - pose.radius;
  if (name === 'star') return polygon(corners(pose, 10, (i) => (i % 2 === 0 ? 1 : 0.45)));
  return polygon(corners(pose, name === 'square' ? 4 : 3, () => 1));
}

type Point = readonly [number, number];

function corners({ x, y, radius, turn }: ShapePose, count: number, reach: (corner: number) => number): readonly Point[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / count;
    return [x + radius * reach(i) * Math.sin(angle), y - radius * reach(i) * Math.cos(angle)];
  });
}

/** Distance to the nearest edge, its sign from how often a ray to the right crosses the outline. */
function polygon(points: readonly Point[]): Distance {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
      const [ax, ay] = points[i]!;
      const [bx, by] = points[j]!;
      const ex = bx - ax;
      const ey = by - ay;
      const share = Math.min(Math.max(((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey), 0), 1);
      nearest = Math.min(nearest, Math.hypot(x - ax - share * ex, y - ay - share * ey));
      if (ay > y !== by > y && x < ax + ((y - ay) * ex) / ey) inside = !inside;
    }
    return inside ? -nearest : nearest;
  };
}

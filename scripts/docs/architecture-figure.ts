import { figureSvg, svgText } from '../../packages/core/src/figures/figure-svg.js';
import { coreRooms, levels, packageImports, type Imports } from './room-imports.js';
import { coreRoomPurposes, packagePurposes, type Room } from './rooms.js';

const width = 960;
const margin = 16;
const gap = 10;
const boxHeight = 44;
const rowHeight = boxHeight + 14;
const wayOfTheData = '#0072b2';

/**
 * Packages above, rooms of the core below, each as low as its imports allow: whatever a box imports stands in a row below
 * its own. Drawn from the imports of the sources, so it cannot say anything else; a circle of imports is an error.
 */
export function architectureFigure(): string {
  const packages = rows(packageImports(), packagePurposes);
  const rooms = rows(coreRooms(), coreRoomPurposes);
  const roomsTop = 58 + packages.length * rowHeight + 48;
  const height = roomsTop + rooms.length * rowHeight + 12;
  const title = 'The packages and the rooms of the core: imports go down, never up';
  return figureSvg({ width, height, title, description: describe([...packages, ...rooms]) }, [
    svgText(margin, 22, title, 'font-size="14" font-weight="bold"'),
    svgText(margin, 46, 'Packages', 'font-weight="bold" fill="#555"'),
    ...drawRows(packages, 56),
    svgText(margin, roomsTop - 12, 'Rooms of packages/core/src', 'font-weight="bold" fill="#555"'),
    svgText(width - margin, roomsTop - 12, 'numbered: the way of the data', `text-anchor="end" fill="${wayOfTheData}"`),
    ...drawRows(rooms, roomsTop),
  ]);
}

/** A name with what is said of it. */
type Box = readonly [name: string, room: Room];

/** From the highest level to the lowest. Throws for what has no purpose, and for a purpose of what is not there. */
function rows(imports: Imports, purposes: Readonly<Record<string, Room>>): Box[][] {
  const absent = Object.keys(purposes).filter((name) => !imports.has(name));
  if (absent.length > 0) throw new Error(`scripts/docs/rooms.ts names what is not there: ${absent.join(', ')}`);
  const byLevel = new Map<number, Box[]>();
  for (const [name, level] of [...levels(imports)].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const room = purposes[name];
    if (room === undefined) throw new Error(`scripts/docs/rooms.ts does not say what ${name} is for`);
    byLevel.set(level, [...(byLevel.get(level) ?? []), [name, room]]);
  }
  return [...byLevel].sort(([one], [other]) => other - one).map(([, boxes]) => boxes);
}

function drawRows(boxRows: readonly (readonly Box[])[], top: number): string[] {
  return boxRows.flatMap((boxes, row) => {
    const boxWidth = Math.min(300, (width - 2 * margin - (boxes.length - 1) * gap) / boxes.length);
    const left = (width - boxes.length * boxWidth - (boxes.length - 1) * gap) / 2;
    return boxes.flatMap(([name, room], place) =>
      drawBox(name, room, left + place * (boxWidth + gap), top + row * rowHeight, boxWidth),
    );
  });
}

function drawBox(name: string, { purpose, step }: Room, x: number, y: number, boxWidth: number): string[] {
  const onTheWay = step !== undefined;
  const middle = x + boxWidth / 2;
  const frame = onTheWay
    ? `fill="#e8f2fa" stroke="${wayOfTheData}" stroke-width="1.6"`
    : 'fill="#ffffff" stroke="#8a8a8a"';
  return [
    `<rect x="${x.toFixed(1)}" y="${y}" width="${boxWidth.toFixed(1)}" height="${boxHeight}" rx="5" ${frame}/>`,
    svgText(
      middle,
      y + 18,
      onTheWay ? `${step} ${name}` : name,
      'text-anchor="middle" font-weight="bold" font-size="12"',
    ),
    svgText(middle, y + 34, purpose, 'text-anchor="middle" font-size="10" fill="#444"'),
  ];
}

const describe = (boxRows: readonly (readonly Box[])[]): string =>
  boxRows.map((boxes) => boxes.map(([name]) => name).join(', ')).join('; ');

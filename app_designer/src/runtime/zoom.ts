/** Looking at a drawing that is larger than its room; pure, in px of the screen and units of the drawing. */

export interface Size {
  readonly w: number;
  readonly h: number;
}
export interface Spot {
  readonly x: number;
  readonly y: number;
}
/** How large the drawing is shown, and how far the room is scrolled. */
export interface View {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** Texts are as large as on a wall by then. */
export const SCALE_MAX = 3;
/** One press of a button. */
export const STEP = 1.5;
/** Around an element that is looked at, px. */
const MARGIN = 16;
/** What is looked at is not drawn larger than this: its surroundings say what it is. */
const LOOK_SCALE_MAX = 2;

/** As wide as the room. */
export const fitScale = (room: Size, drawing: Size): number =>
  room.w > 0 ? Math.min(SCALE_MAX, room.w / drawing.w) : 1;

export const clampScale = (scale: number, fit: number): number =>
  Math.min(Math.max(SCALE_MAX, fit), Math.max(fit, scale));

/** A drawing smaller than its room stands in the middle of it. */
const inset = (room: number, drawn: number) => Math.max(0, (room - drawn) / 2);

const limited = (scroll: number, room: number, drawn: number) =>
  Math.min(Math.max(0, drawn - room), Math.max(0, scroll));

/** What of the drawing is at a place of the room. */
export function unitAt(view: View, room: Size, drawing: Size, at: Spot): Spot {
  const { scale, left, top } = view;
  return {
    x: (left + at.x - inset(room.w, drawing.w * scale)) / scale,
    y: (top + at.y - inset(room.h, drawing.h * scale)) / scale,
  };
}

/** The view that has a spot of the drawing at a place of the room. */
export function viewWith(scale: number, room: Size, drawing: Size, unit: Spot, at: Spot): View {
  const [w, h] = [drawing.w * scale, drawing.h * scale];
  return {
    scale,
    left: limited(unit.x * scale + inset(room.w, w) - at.x, room.w, w),
    top: limited(unit.y * scale + inset(room.h, h) - at.y, room.h, h),
  };
}

/** Larger or smaller around a place of the room, which keeps what it shows. */
export function zoomedAt(view: View, scale: number, room: Size, drawing: Size, at: Spot): View {
  const next = clampScale(scale, fitScale(room, drawing));
  return viewWith(next, room, drawing, unitAt(view, room, drawing, at), at);
}

interface Closeness {
  /** It has to be that large. */
  readonly least?: number;
  /** Not larger, though there is room. */
  readonly most?: number;
}

/** One element in the middle, whole if it can be. */
export function lookingAt(
  box: Spot & Size,
  room: Size,
  drawing: Size,
  { least = 0, most = LOOK_SCALE_MAX }: Closeness = {},
): View {
  const whole = Math.min((room.w - 2 * MARGIN) / box.w, (room.h - 2 * MARGIN) / box.h, most);
  const scale = clampScale(Math.max(whole, least), fitScale(room, drawing));
  const middle = { x: box.x + box.w / 2, y: box.y + box.h / 2 };
  return viewWith(scale, room, drawing, middle, { x: room.w / 2, y: room.h / 2 });
}

/** Below this scale one cannot read what one presses. */
const READABLE_SCALE = 0.6;

/**
 * The scale at which something can be pressed: it is legible, and as large as a finger needs it; null: it is so already, or
 * cannot become so. `size`: its shorter side on the screen now, px.
 */
export function operableScale(size: number, target: number, scale: number, fit: number): number | null {
  if (size <= 0 || (size >= target - 0.5 && scale >= READABLE_SCALE)) return null;
  const wanted = clampScale(Math.max(READABLE_SCALE, (scale * target) / size), fit);
  return wanted > scale * 1.01 ? wanted : null;
}

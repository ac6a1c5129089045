import type { Palette } from '../palette.js';
import type { Affine, Plane, View } from '../plane.js';
import type { CellLayer } from './cell-layer.js';
import { CORNER_STRIDE, program, rgb, Shapes } from './gl.js';
import { FADE_MS, Motion, STRIDE } from './motion.js';
import { LEG_STRIDE, Route } from './route.js';
import { ROUTE_FRAGMENT, ROUTE_VERTEX, VEHICLE_FRAGMENT, VEHICLE_VERTEX } from './shaders.js';
import { LARGER, Sprites, TILES } from './sprites.js';

type Uniforms = Record<string, number | number[] | Float32Array>;

/**
 * Frame time above which frames are followed by a pause. Without a GPU the CPU renders, and the pause leaves time for the
 * rest of the page and the machine.
 */
const SLOW_MS = 45;
/** Length of the pause as a part of the frame time. */
const PAUSE = 0.6;
const MAX_PAUSE_MS = 200;
/** Decay of the measured frame time per frame. */
const DECAY = 0.9;

/**
 * Draws vehicles and the followed car's path on a canvas of its own above the map, so that a moving car does not repaint
 * the map. Nothing is uploaded per frame, and no frame is drawn while nothing moves. See README.md.
 */
export class Overlay {
  readonly fleet: Motion;
  /** the followed car, drawn larger and above the others */
  readonly followed: Motion;
  readonly route: Route;
  /** the way that the followed car still has to drive */
  readonly ahead: Route;
  /** whether the fleet is drawn as vehicles */
  showsFleet = true;
  #cells: { layer: CellLayer; program: WebGLProgram; triangles: Shapes } | null = null;
  /** draws everything grey, for data that is out of date */
  stale = false;
  /** draws only the fleet grey, behind the followed car */
  dimsFleet = false;
  /** called before each frame that the overlay starts itself; returns true when the map will draw, and the overlay with it */
  beforeFrame: (now: number) => boolean = () => false;
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #plane: Plane;
  readonly #view: () => View;
  #palette: Palette;
  #parts!: {
    vehicles: WebGLProgram;
    legs: WebGLProgram;
    fleet: Shapes;
    followed: Shapes;
    fleetSprites: Sprites;
    followedSprites: Sprites;
    route: Shapes;
    ahead: Shapes;
  };
  /** cancels the requested frame */
  #cancelFrame: (() => void) | null = null;
  /** recent time between a frame's request and its drawing, ms */
  #frameMs = 0;
  #isContextLost = false;

  constructor(canvas: HTMLCanvasElement, plane: Plane, palette: Palette, view: () => View) {
    const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, premultipliedAlpha: true });
    if (gl === null) throw new Error('This browser has no WebGL 2');
    const now = performance.now();
    this.fleet = new Motion(now);
    this.followed = new Motion(now);
    this.route = new Route(now);
    this.ahead = new Route(now);
    this.#canvas = canvas;
    this.#gl = gl;
    this.#plane = plane;
    this.#palette = palette;
    this.#view = view;
    this.#build();
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.#isContextLost = true;
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.#isContextLost = false;
      this.#build();
      this.invalidate();
    });
  }

  /** Changes the colours. */
  setPalette(palette: Palette): void {
    this.#palette = palette;
    this.invalidate();
  }

  /** Shows cells below everything else; null removes them. */
  setCells(layer: CellLayer | null): void {
    this.#cells = layer === null ? null : this.#cellsOf(layer);
    this.invalidate();
  }

  /** Requests a frame. Frames continue while something moves. */
  invalidate(): void {
    if (this.#cancelFrame !== null) return;
    const pause = this.#frameMs > SLOW_MS ? Math.min(MAX_PAUSE_MS, this.#frameMs * PAUSE) : 0;
    if (pause === 0) this.#request();
    else {
      const timer = setTimeout(() => this.#request(), pause);
      this.#cancelFrame = () => clearTimeout(timer);
    }
  }

  #request(): void {
    const from = performance.now();
    const frame = requestAnimationFrame(() => {
      this.#cancelFrame = null;
      const now = performance.now();
      this.#frameMs = Math.max(now - from, this.#frameMs * DECAY);
      if (!this.beforeFrame(now)) this.draw();
    });
    this.#cancelFrame = () => cancelAnimationFrame(frame);
  }

  /** Draws now. Called in the map's own frames, so that cars and streets move together. */
  draw(): void {
    const now = performance.now();
    if (!this.#isContextLost) this.#paint(now);
    const moves = (this.showsFleet && this.fleet.moves(now)) || this.followed.moves(now);
    if (moves) this.invalidate();
  }

  /** Stops drawing and releases the graphics context. */
  destroy(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = () => {};
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #build(): void {
    const gl = this.#gl;
    this.#parts = {
      vehicles: program(gl, VEHICLE_VERTEX, VEHICLE_FRAGMENT),
      legs: program(gl, ROUTE_VERTEX, ROUTE_FRAGMENT),
      fleet: new Shapes(gl, 'points', this.fleet, { stride: STRIDE, layout: [4, 2, 2, 3] }),
      followed: new Shapes(gl, 'points', this.followed, { stride: STRIDE, layout: [4, 2, 2, 3] }),
      fleetSprites: new Sprites(gl),
      followedSprites: new Sprites(gl),
      route: new Shapes(gl, 'squares', this.route, { stride: LEG_STRIDE, layout: [4, 3] }),
      ahead: new Shapes(gl, 'squares', this.ahead, { stride: LEG_STRIDE, layout: [4, 3] }),
    };
    if (this.#cells !== null) this.#cells = this.#cellsOf(this.#cells.layer);
    gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  #cellsOf(layer: CellLayer) {
    const gl = this.#gl;
    return {
      layer,
      program: program(gl, ...layer.shaders),
      triangles: new Shapes(gl, 'triangles', layer, { stride: CORNER_STRIDE, layout: [2, 4] }),
    };
  }

  #paint(now: number): void {
    const gl = this.#gl;
    const view = this.#view();
    this.#resize(view);
    this.fleet.settle(now);
    this.followed.settle(now);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    for (const toScreen of this.#plane.copiesToScreen(view)) this.#paintWorld(view, toScreen, now);
  }

  #paintWorld(view: View, { a, b, c, d, e, f }: Affine, now: number): void {
    const { available, busy, onTrip, followed, approach, ahead, halo } = this.#palette;
    const common = {
      toScreen: new Float32Array([a, b, 0, c, d, 0, e, f, 1]),
      size: [view.width, view.height],
      pixel: 0.5 / devicePixelRatio,
      stale: this.stale ? 1 : 0,
    };
    if (this.#cells !== null) {
      this.#use(this.#cells.program, common);
      this.#cells.triangles.draw();
    }
    const width = sizeAt(view.zoom) * 0.3 + 1.5;
    const legs = (route: Route, ...colours: [string, string]) =>
      this.#use(this.#parts.legs, {
        ...common,
        now: route.time(now),
        width,
        'colours[0]': colours.flatMap((colour) => [...rgb(colour)]),
      });
    if (this.ahead.count > 0) {
      legs(this.ahead, ahead, ahead);
      this.#parts.ahead.draw();
    }
    legs(this.route, approach, followed);
    this.#parts.route.draw();
    const vehicles = {
      ...common,
      bearing: view.bearing,
      fade: FADE_MS,
      halo: rgb(halo),
      'colours[0]': [...rgb(available), ...rgb(busy), ...rgb(followed), ...rgb(onTrip)],
      tiles: [...TILES],
      larger: LARGER,
      pixels: devicePixelRatio,
    };
    const { fleetSprites, followedSprites } = this.#parts;
    if (this.showsFleet && this.fleet.count > 0) {
      fleetSprites.use(sizeAt(view.zoom, this.fleet.count), devicePixelRatio, this.fleet.count);
      this.#use(this.#parts.vehicles, {
        ...vehicles,
        now: this.fleet.time(now),
        stale: this.stale || this.dimsFleet ? 1 : 0,
        reach: fleetSprites.reach,
      });
      this.#parts.fleet.draw();
    }
    if (this.followed.count > 0) {
      followedSprites.use(sizeAt(view.zoom) * 1.2 + 9, devicePixelRatio, this.followed.count);
      this.#use(this.#parts.vehicles, {
        ...vehicles,
        now: this.followed.time(now),
        reach: followedSprites.reach,
      });
      this.#parts.followed.draw();
    }
  }

  #use(program: WebGLProgram, uniforms: Uniforms): void {
    const gl = this.#gl;
    gl.useProgram(program);
    for (const [name, value] of Object.entries(uniforms)) {
      const at = gl.getUniformLocation(program, name);
      if (typeof value === 'number') gl.uniform1f(at, value);
      else if (value instanceof Float32Array) gl.uniformMatrix3fv(at, false, value);
      else if (value.length === 2) gl.uniform2fv(at, value);
      else gl.uniform3fv(at, value);
    }
  }

  #resize({ width, height }: View): void {
    const pixels = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)] as const;
    if (this.#canvas.width === pixels[0] && this.#canvas.height === pixels[1]) return;
    [this.#canvas.width, this.#canvas.height] = pixels;
    this.#gl.viewport(0, 0, ...pixels);
  }
}

/** Number of vehicles up to which each is drawn at full size. */
const FULL_SIZE_COUNT = 2_500;
const MIN_PX = 5;

/** Returns the length of a vehicle in CSS pixels: readable when zoomed out, in scale when zoomed in, smaller in a crowd. */
function sizeAt(zoom: number, count = 1): number {
  const size = Math.min(30, Math.max(6, 10 * 2 ** ((zoom - 13.5) * 0.42)));
  return Math.max(MIN_PX, size * Math.min(1, Math.sqrt(FULL_SIZE_COUNT / count)));
}

import { program } from './gl.js';
import { SPRITE_FRAGMENT, SPRITE_VERTEX } from './shaders.js';

/** Full, hollow, hollow with a dot; above, the same for the one that is hovered at. */
export const TILES = [3, 2] as const;
/** How much larger the one is drawn that is hovered at. */
export const LARGER = 1.5;
const POINTED_RIM_PX = 3;
const SHADE_PX = 3;
/** A smaller one has no shade. */
const SHADELESS_PX = 6;
/** From the middle to a corner of the tail, and how much its corners are rounded, as parts of the span. */
const TAIL = 0.54;
const ROUND = 0.06;
/** Texels for each pixel: of few vehicles each is smoothed; of a crowd the nearest texel will do, which is cheap. */
const FINE = { few: 1.5, crowd: 3 };
const CROWD = 2_000;

/** The shapes of vehicles of one size, worked out once and not for each vehicle's pixels. */
export class Sprites {
  /** from the middle of a vehicle to the end of its shade, CSS pixels */
  reach = 0;
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #texture: WebGLTexture;
  readonly #frame: WebGLFramebuffer;
  #drawn = '';

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#program = program(gl, SPRITE_VERTEX, SPRITE_FRAGMENT);
    this.#texture = gl.createTexture();
    this.#frame = gl.createFramebuffer();
  }

  /** Has them ready for `TEXTURE0`. @param span length of a vehicle, CSS pixels @param count of vehicles */
  use(span: number, pixelRatio: number, count: number): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    const of = count > CROWD ? 'crowd' : 'few';
    const wanted = `${span} ${pixelRatio} ${of}`;
    if (wanted === this.#drawn) return;
    this.#drawn = wanted;
    this.#draw(span, pixelRatio, of);
  }

  #draw(span: number, pixelRatio: number, of: 'few' | 'crowd'): void {
    const gl = this.#gl;
    const filter = of === 'few' ? gl.LINEAR : gl.NEAREST;
    const rim = Math.min(2.5, Math.max(0.6, span * 0.1));
    this.reach = span * (TAIL + ROUND) + rim + Math.max(0, Math.min(SHADE_PX, (span - SHADELESS_PX) / 2));
    const side = Math.ceil(2 * this.reach * pixelRatio * FINE[of]);
    const [width, height] = [side * TILES[0], side * TILES[1]];
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.#texture, 0);
    gl.disable(gl.BLEND);
    gl.useProgram(this.#program);
    const set = (name: string, value: number) =>
      gl.uniform1f(gl.getUniformLocation(this.#program, name), value);
    for (let row = 0; row < TILES[1]; row++)
      for (let kind = 0; kind < TILES[0]; kind++) {
        const larger = row === 0 ? 1 : LARGER;
        gl.viewport(kind * side, row * side, side, side);
        set('reach', this.reach * larger);
        set('span', span * larger);
        set('rim', row === 0 ? rim : POINTED_RIM_PX);
        set('pixel', 0.5 / pixelRatio);
        set('kind', kind);
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      }
    gl.enable(gl.BLEND);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  }
}

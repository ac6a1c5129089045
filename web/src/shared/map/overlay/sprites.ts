import { program } from './gl.js';
import { SPRITE_FRAGMENT, SPRITE_VERTEX } from './shaders.js';

/** Columns and rows of the texture: solid, hollow, hollow with a dot; the second row for a hovered vehicle. */
export const TILES = [3, 2] as const;
/** Scale of a hovered vehicle. */
export const LARGER = 1.5;
const HOVERED_RIM_PX = 3;
const SHADOW_PX = 3;
/** Vehicles up to this size have no shadow. */
const SHADOWLESS_PX = 6;
/** Distance from the centre to a tail corner, and the radius of the corners, as parts of the span. */
const TAIL = 0.54;
const ROUND = 0.06;
/** Texels per pixel: few vehicles are filtered linearly; a crowd uses the nearest texel, which is cheaper. */
const TEXELS = { few: 1.5, crowd: 3 };
const CROWD = 2_000;

/** Texture with the vehicle shapes at one size, rendered once instead of per vehicle and pixel. */
export class Sprites {
  /** distance from the centre of a vehicle to the end of its shadow, CSS pixels */
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

  /** Binds the texture to `TEXTURE0`, and renders it if the size changed. @param span length of a vehicle, CSS pixels @param count number of vehicles */
  use(span: number, pixelRatio: number, count: number): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    const density = count > CROWD ? 'crowd' : 'few';
    const key = `${span} ${pixelRatio} ${density}`;
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#draw(span, pixelRatio, density);
  }

  #draw(span: number, pixelRatio: number, density: 'few' | 'crowd'): void {
    const gl = this.#gl;
    const filter = density === 'few' ? gl.LINEAR : gl.NEAREST;
    const rim = Math.min(2.5, Math.max(0.6, span * 0.1));
    this.reach = span * (TAIL + ROUND) + rim + Math.max(0, Math.min(SHADOW_PX, (span - SHADOWLESS_PX) / 2));
    const side = Math.ceil(2 * this.reach * pixelRatio * TEXELS[density]);
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
        const scale = row === 0 ? 1 : LARGER;
        gl.viewport(kind * side, row * side, side, side);
        set('reach', this.reach * scale);
        set('span', span * scale);
        set('rim', row === 0 ? rim : HOVERED_RIM_PX);
        set('pixel', 0.5 / pixelRatio);
        set('kind', kind);
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      }
    gl.enable(gl.BLEND);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  }
}

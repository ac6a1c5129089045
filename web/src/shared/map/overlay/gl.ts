/** Floats of one corner of a cell: x, y, red, green, blue, opacity. */
export const CORNER_STRIDE = 6;

/** Compiles and links a program. @throws {Error} with the driver's log when a shader does not compile */
export function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const linked = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error('The graphics context is lost');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(linked, shader);
  }
  gl.linkProgram(linked);
  if (!gl.getProgramParameter(linked, gl.LINK_STATUS)) {
    const logs = (gl.getAttachedShaders(linked) ?? []).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error([gl.getProgramInfoLog(linked), ...logs].join('\n'));
  }
  return linked;
}

/** Items in a growing array. `changed` is set when they change, and cleared by the upload. */
type Buffered = { data: Float32Array; count: number; changed: boolean };

/**
 * Floats of an item: their number, and that of each attribute, in order. The attributes begin with 0; those of squares begin
 * with 1, because attribute 0 is the corner.
 */
type Layout = { stride: number; layout: number[] };

/** Kind of drawing: an instance of a square for each item, a point for each item, or a triangle for every three items. */
type Shape = 'squares' | 'points' | 'triangles';

/** Draws items of one shape. Uploads them only when they have changed. */
export class Shapes {
  readonly #gl: WebGL2RenderingContext;
  readonly #shape: Shape;
  readonly #items: Buffered;
  readonly #stride: number;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  #capacity = 0;

  constructor(gl: WebGL2RenderingContext, shape: Shape, items: Buffered, { stride, layout }: Layout) {
    this.#gl = gl;
    this.#shape = shape;
    this.#items = items;
    this.#stride = stride;
    this.#vertices = gl.createVertexArray();
    gl.bindVertexArray(this.#vertices);
    const isSquare = shape === 'squares';
    if (isSquare) {
      gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
      gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
      gl.enableVertexAttribArray(0);
      gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    }
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    let offset = 0;
    for (const [index, size] of layout.entries()) {
      const attribute = isSquare ? index + 1 : index;
      gl.enableVertexAttribArray(attribute);
      gl.vertexAttribPointer(attribute, size, gl.FLOAT, false, stride * 4, offset * 4);
      if (isSquare) gl.vertexAttribDivisor(attribute, 1);
      offset += size;
    }
    gl.bindVertexArray(null);
    items.changed = true;
  }

  draw(): void {
    const gl = this.#gl;
    const { data, count, changed } = this.#items;
    if (count === 0) return;
    gl.bindVertexArray(this.#vertices);
    if (changed) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
      if (this.#capacity < data.length) {
        gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
        this.#capacity = data.length;
      } else gl.bufferSubData(gl.ARRAY_BUFFER, 0, data, 0, count * this.#stride);
      this.#items.changed = false;
    }
    if (this.#shape === 'squares') gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    else gl.drawArrays(this.#shape === 'points' ? gl.POINTS : gl.TRIANGLES, 0, count);
    gl.bindVertexArray(null);
  }
}

/** Converts '#rrggbb' to three numbers in [0, 1]. */
export const rgb = (hex: string): [number, number, number] => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
};

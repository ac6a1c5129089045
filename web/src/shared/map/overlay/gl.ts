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

/** Draws one instance of a square for each item. Uploads the items only when they have changed. */
export class Instances {
  readonly #gl: WebGL2RenderingContext;
  readonly #items: Buffered;
  readonly #stride: number;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  #capacity = 0;

  /** @param layout number of floats of each attribute, in order; attribute 0 is the corner of the square */
  constructor(gl: WebGL2RenderingContext, items: Buffered, stride: number, layout: number[]) {
    this.#gl = gl;
    this.#items = items;
    this.#stride = stride;
    this.#vertices = gl.createVertexArray();
    gl.bindVertexArray(this.#vertices);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    let offset = 0;
    layout.forEach((size, index) => {
      gl.enableVertexAttribArray(index + 1);
      gl.vertexAttribPointer(index + 1, size, gl.FLOAT, false, stride * 4, offset * 4);
      gl.vertexAttribDivisor(index + 1, 1);
      offset += size;
    });
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
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    gl.bindVertexArray(null);
  }
}

/** Draws one vertex for each item. Uploads the items only when they have changed. */
class Vertices {
  readonly #gl: WebGL2RenderingContext;
  readonly #mode: number;
  readonly #items: Buffered;
  readonly #stride: number;
  readonly #vertices: WebGLVertexArrayObject;
  readonly #buffer: WebGLBuffer;
  #capacity = 0;

  constructor(
    gl: WebGL2RenderingContext,
    mode: number,
    { items, stride, layout }: { items: Buffered; stride: number; layout: number[] },
  ) {
    this.#gl = gl;
    this.#mode = mode;
    this.#items = items;
    this.#stride = stride;
    this.#vertices = gl.createVertexArray();
    gl.bindVertexArray(this.#vertices);
    this.#buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    let offset = 0;
    layout.forEach((size, index) => {
      gl.enableVertexAttribArray(index);
      gl.vertexAttribPointer(index, size, gl.FLOAT, false, stride * 4, offset * 4);
      offset += size;
    });
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
    gl.drawArrays(this.#mode, 0, count);
    gl.bindVertexArray(null);
  }
}

/** Draws one point for each item. @param layout number of floats of each attribute, in order */
export class Points extends Vertices {
  constructor(gl: WebGL2RenderingContext, items: Buffered, stride: number, layout: number[]) {
    super(gl, gl.POINTS, { items, stride, layout });
  }
}

/** Draws a triangle for every three items. @param layout number of floats of each attribute, in order */
export class Triangles extends Vertices {
  constructor(gl: WebGL2RenderingContext, items: Buffered, stride: number, layout: number[]) {
    super(gl, gl.TRIANGLES, { items, stride, layout });
  }
}

/** Converts '#rrggbb' to three numbers in [0, 1]. */
export const rgb = (hex: string): [number, number, number] => {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
};

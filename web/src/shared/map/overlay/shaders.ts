/** All shaders use premultiplied alpha. Positions are metres on the plane; `toScreen` converts them to CSS pixels. */
export const HEAD = `#version 300 es
precision highp float;
`;

export const TO_CLIP = `
uniform mat3 toScreen;
uniform vec2 size;
vec4 clip(vec2 px) { return vec4(px.x / size.x * 2.0 - 1.0, 1.0 - px.y / size.y * 2.0, 0.0, 1.0); }
`;

/**
 * Draws one vehicle as a point, interpolated between its two positions and headings. Points rather than instanced squares,
 * because a software renderer draws ten thousand points as fast as a hundred instances.
 */
export const VEHICLE_VERTEX = `${HEAD}${TO_CLIP}
layout(location = 0) in vec4 move;   // from x, y; to x, y
layout(location = 1) in vec2 times;
layout(location = 2) in vec2 turn;   // heading, turn during the move
layout(location = 3) in vec3 state;  // status, appeared, gone
uniform float now, bearing, fade, stale, larger, reach, pixels;
uniform vec3 colours[4], halo;
flat out vec2 tile, nose;
flat out vec3 fill, around;
flat out float alpha;
void main() {
  float f = times.y > times.x ? clamp((now - times.x) / (times.y - times.x), 0.0, 1.0) : 1.0;
  int code = int(state.x + 0.5);
  int status = code % 10;
  bool hovered = code / 20 == 1;
  float grey = max(stale, float(code / 10 % 2));
  float visible = status == 3 ? 0.0 : clamp((now - state.y) / fade, 0.0, 1.0) * (1.0 - clamp((now - state.z) / fade, 0.0, 1.0));
  fill = colours[min(status, 3)];
  fill = mix(fill, vec3(dot(fill, vec3(0.3, 0.59, 0.11))), grey);
  around = hovered ? colours[2] : halo;
  alpha = visible * (1.0 - 0.45 * grey);
  // Busy drivers are hollow, with a dot on a trip, so that the shape shows the status as well as the colour.
  tile = vec2(status == 1 ? 1.0 : status == 4 ? 2.0 : 0.0, hovered ? 1.0 : 0.0);
  // The heading turns in the first part of the move, as a car does in a bend.
  float angle = radians(turn.x + turn.y * min(1.0, f * 1.6) - bearing);
  nose = vec2(cos(angle), sin(angle));
  vec2 center = (toScreen * vec3(mix(move.xy, move.zw, f), 1.0)).xy;
  gl_Position = alpha > 0.0 ? clip(center) : vec4(2.0, 2.0, 0.0, 1.0);
  gl_PointSize = 2.0 * reach * pixels * (hovered ? larger : 1.0);
}`;

/** Samples the shape from the sprites, see {@link SPRITE_FRAGMENT}. Computing it per pixel would cost ten times as much. */
export const VEHICLE_FRAGMENT = `${HEAD}
flat in vec2 tile, nose;
flat in vec3 fill, around;
flat in float alpha;
uniform vec2 tiles;
uniform vec3 halo;
uniform sampler2D sprites;
out vec4 colour;
void main() {
  vec2 p = gl_PointCoord * 2.0 - 1.0;
  if (dot(p, p) > 1.0) discard;
  vec2 at = vec2(p.x * nose.x + p.y * nose.y, p.y * nose.x - p.x * nose.y);
  vec4 shape = texture(sprites, (tile + at * 0.5 + 0.5) / tiles);
  colour = vec4(fill * shape.r + around * shape.g + halo * shape.b, shape.r + shape.g + shape.b + shape.a) * alpha;
}`;

/** Draws one shape that fills its tile. */
export const SPRITE_VERTEX = `${HEAD}
uniform float reach;
out vec2 at;
void main() {
  vec2 corner = vec2(float(gl_VertexID % 2), float(gl_VertexID / 2)) * 2.0 - 1.0;
  at = corner * reach;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/**
 * Draws an arrowhead, a kite with a notch, from a signed distance, so that it is crisp at any size and pixel ratio. The
 * channels are coverages: red the body, green the rim, blue the hole, alpha the shadow.
 */
export const SPRITE_FRAGMENT = `${HEAD}
in vec2 at;
uniform float span, rim, pixel, kind;
out vec4 colour;

float edge(vec2 p, vec2 a, vec2 b, inout float side) {
  vec2 e = b - a, w = p - a;
  bvec3 c = bvec3(p.y >= a.y, p.y < b.y, e.x * w.y > e.y * w.x);
  if (all(c) || all(not(c))) side = -side;
  vec2 d = w - e * clamp(dot(w, e) / dot(e, e), 0.0, 1.0);
  return dot(d, d);
}

// Polygon distance: I. Quilez, "2D distance functions".
float arrow(vec2 p) {
  float h = span * 0.5, side = 1.0;
  vec2 nose = vec2(0.0, -h), right = vec2(h * 0.7, h * 0.82), notch = vec2(0.0, h * 0.46), left = vec2(-h * 0.7, h * 0.82);
  float d = min(min(edge(p, nose, right, side), edge(p, right, notch, side)),
                min(edge(p, notch, left, side), edge(p, left, nose, side)));
  return side * sqrt(d) - span * 0.06;
}

void main() {
  float d = arrow(at);
  float inside = 1.0 - smoothstep(-pixel, pixel, d);
  float outline = 1.0 - smoothstep(rim - pixel, rim + pixel, d);
  float shade = 0.22 * exp(-max(d - rim, 0.0) * max(d - rim, 0.0) / 7.0);
  float inner = span * 0.17;
  float hole = kind > 0.5 ? 1.0 - smoothstep(-inner - pixel, -inner + pixel, d) : 0.0;
  if (kind > 1.5) hole *= smoothstep(-pixel, pixel, distance(at, vec2(0.0, span * 0.13)) - span * 0.12);
  colour = vec4(inside - hole, outline - inside, hole, shade * (1.0 - outline));
}`;

/** Draws one leg of a route: a capsule as long as the car has moved. */
export const ROUTE_VERTEX = `${HEAD}${TO_CLIP}
layout(location = 0) in vec2 corner;
layout(location = 1) in vec4 leg;
layout(location = 2) in vec3 timing;  // from time, to time, part
uniform float now, width;
out vec2 at;
flat out float reach;
flat out int part;
void main() {
  float f = timing.y > timing.x ? clamp((now - timing.x) / (timing.y - timing.x), 0.0, 1.0) : 1.0;
  vec2 a = (toScreen * vec3(leg.xy, 1.0)).xy;
  vec2 b = (toScreen * vec3(mix(leg.xy, leg.zw, f), 1.0)).xy;
  float len = distance(a, b);
  vec2 along = len > 0.001 ? (b - a) / len : vec2(1.0, 0.0);
  float pad = width * 0.5 + 2.0;
  at = vec2(corner.x * (len * 0.5 + pad), corner.y * pad);
  reach = len * 0.5;
  part = int(timing.z + 0.5);
  gl_Position = clip((a + b) * 0.5 + along * at.x + vec2(-along.y, along.x) * at.y);
}`;

export const ROUTE_FRAGMENT = `${HEAD}
in vec2 at;
flat in float reach;
flat in int part;
uniform float width, pixel, stale;
uniform vec3 colours[2];
out vec4 colour;
void main() {
  float d = length(vec2(max(abs(at.x) - reach, 0.0), at.y)) - width * 0.5;
  vec3 fill = colours[part];
  fill = mix(fill, vec3(dot(fill, vec3(0.3, 0.59, 0.11))), stale);
  colour = vec4(fill, 1.0) * (1.0 - smoothstep(-pixel, pixel, d));
}`;

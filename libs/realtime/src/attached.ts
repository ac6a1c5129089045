/**
 * Returns a function that gives each object one value of its own, created on first use. The value is a property of the object:
 * with many thousands of connections, a map of its own for each kind of value takes several times the memory.
 */
export function attached<K extends object, V>(create: (owner: K) => V): (owner: K) => V {
  const key = Symbol(create.name);
  return (owner) => {
    const of = owner as { [key]?: V };
    of[key] ??= create(owner);
    return of[key];
  };
}

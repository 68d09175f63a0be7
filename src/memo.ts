/** Makes what is found out about an object be found out once. It is forgotten with the object. */
export function perObject<K extends object, T>(read: (object: K) => T): (object: K) => T {
  const known = new WeakMap<K, { value: T }>();
  return (object) => {
    let found = known.get(object);
    if (!found) known.set(object, (found = { value: read(object) }));
    return found.value;
  };
}

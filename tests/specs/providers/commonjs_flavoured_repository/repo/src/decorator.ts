export function decorated<T extends { new (...args: any[]): object }>(target: T) {
  return class extends target {
    name = 'decorated';
  };
}

export function setHints(error: object, hints: string[]) {
  Object.defineProperty(error, "hints", { value: hints, configurable: true, writable: true });
}
export function trimStack() {}
export function explainDenied() {}

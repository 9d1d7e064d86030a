interface Reason {
  text: string;
}
export function fail(reason: Reason = { text: 'no credit' }): never {
  throw new Error(reason.text);
}

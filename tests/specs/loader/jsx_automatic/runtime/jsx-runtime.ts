export function jsx(tag: string, props: { children: string }): string {
  return `${tag}[${props.children}]`;
}
export const jsxs = jsx;

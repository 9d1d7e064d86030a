function h(tag: string, props: Record<string, unknown> | null, ...children: string[]): string {
  const attributes = Object.entries(props ?? {}).map(([name, value]) => ` ${name}=${value}`).join('');
  return `<${tag}${attributes}>${children.join('')}</${tag}>`;
}
console.log(<b id={1}>hi<i /></b>);

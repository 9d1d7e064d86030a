export default { id: 'x', name: 'X', eval: (text: string) => text };

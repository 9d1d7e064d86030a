/** @jsx h */
const h = (tag: string) => tag;
console.log(<tsx />);

const text: string = 1;
text.nope?.();
console.log(text);

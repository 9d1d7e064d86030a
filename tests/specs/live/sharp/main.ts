import sharp from 'npm:sharp@^0.33.0';
const png = await sharp({ create: { width: 4, height: 2, channels: 3, background: 'red' } }).png().toBuffer();
const show = async (image: Buffer) => {
  const { format, width, height } = await sharp(image).metadata();
  console.log(`${format} ${width}x${height}`);
};
await show(png);
await show(await sharp(png).resize(2).jpeg().toBuffer());

import sharp from 'npm:sharp@^0.33.0';
const png = await sharp({ create: { width: 4, height: 2, channels: 3, background: 'red' } }).png().toBuffer();
const show = async (image: Buffer) => {
  const { format, width, height } = await sharp(image).metadata();
  console.log(`${format} ${width}x${height}`);
};
await show(png);
await show(await sharp(png).resize(2).jpeg().toBuffer());

// Of the variants for each system, cpu and C library, only one is unpacked.
const cache = '{{cache}}/npm-v1';
const [registry] = [...Deno.readDirSync(cache)].filter((entry) => entry.isDirectory);
const folder = `${cache}/${registry.name}/@img`;
const isUnpacked = (name: string) => [...Deno.readDirSync(`${folder}/${name}`)].some((entry) => entry.isDirectory);
const variants = [...Deno.readDirSync(folder)].map((entry) => entry.name).filter(isUnpacked);
console.log(variants.map((name) => name.replace(Deno.build.arch === 'x86_64' ? 'x64' : 'arm64', 'cpu')).sort().join(' '));

// A comment may say eval(await fetch(url)) as often as it likes.
const plugins = await fetch('https://plugins.test/index.js');
const code: string = await plugins.text();
new Function('provider', code)({});

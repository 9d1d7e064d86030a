exports.name = () => (require('circle-a').name === 'a' ? 'b' : '?');

#!/usr/bin/env node
require('fs').writeFileSync(process.argv[2], `${require('./index.js').label} by command`);

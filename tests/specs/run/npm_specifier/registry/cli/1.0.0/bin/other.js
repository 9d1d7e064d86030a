#!/usr/bin/env node
console.log('other');

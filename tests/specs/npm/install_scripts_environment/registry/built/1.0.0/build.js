const { writeFileSync } = require('fs');
const { label } = require('maker');
const { npm_lifecycle_event: event, npm_package_name: name, npm_config_user_agent: agent } = process.env;
if (require.main === module) {
  writeFileSync(`${__dirname}/built.txt`, [label, event, name, agent.split('/')[0], process.cwd() === __dirname].join(' '));
}
exports.name = 'evaluated';

#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs a command in a sandbox, and passes on its output and its exit status.
//
//   run-command.js [SETTING=VALUE…] -- COMMAND [ARGUMENT…]
//   run-command.js backend.kind=lxc resources.memory=256M -- uname -a

imports.gi.versions.Glovebox = '1';
const {GLib, Gio, Glovebox} = imports.gi;
const System = imports.system;

const outputs = [1, 2].map(fd => new Gio.UnixOutputStream({fd}));

// What stands before the "--" are settings of the launch.
function makePolicy(words) {
    const at = words.indexOf('--');
    const profile = Glovebox.Profile.new('default', Glovebox.Mode.EXEC);
    for (const setting of words.slice(0, at)) {
        const [key, ...text] = setting.split('=');
        profile.set_text(key, text.join('='));
    }
    const builder = Glovebox.PolicyBuilder.new(Glovebox.Mode.EXEC);
    builder.set_command(words.slice(at + 1));
    profile.fill(builder);
    return profile.build(builder);
}

let sandbox, control;
try {
    sandbox = Glovebox.Sandbox.new(makePolicy(ARGV));
    // For "glovebox list", "stop" and others.
    control = Glovebox.Control.new(sandbox);
} catch (error) {
    printerr(error.message);
    System.exit(125);
}

const loop = GLib.MainLoop.new(null, false);
sandbox.connect('output', (_, isStderr, data) => outputs[isStderr ? 1 : 0].write_bytes(data, null));
// A weakness of the isolation; it is never hidden from the user.
sandbox.connect('notify::notice', () => printerr(`warning: ${sandbox.get_notice()}`));
sandbox.launch_async(null, (_, result) => {
    try {
        sandbox.launch_finish(result);
    } catch (error) {
        printerr(error.message);
    }
});
sandbox.wait_async(() => loop.quit());
loop.run();
control = null;
System.exit(sandbox.get_exit_status());

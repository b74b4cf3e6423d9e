#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// Changes a limit of a running sandbox, as "glovebox set" does.
//
//   change-limit.js NAME SETTING VALUE
//   change-limit.js firefox resources.cpu-quota 50

imports.gi.versions.Glovebox = '1';
const {Gio, GLib, Glovebox} = imports.gi;
const System = imports.system;

Gio._promisify(Glovebox.RunningSandbox, 'open_async', 'open_finish');
Gio._promisify(Glovebox.RunningSandbox.prototype, 'set_async', 'set_finish');

if (ARGV.length !== 3) {
    printerr('Usage: change-limit.js NAME SETTING VALUE');
    System.exit(2);
}

let status = 1;

async function change(name, key, text) {
    try {
        const sandbox = await Glovebox.RunningSandbox.open_async(name, null);
        await sandbox.set_async(key, text, null);
        status = 0;
    } catch (error) {
        printerr(error.message);
    }
}

const loop = GLib.MainLoop.new(null, false);
change(...ARGV).finally(() => loop.quit());
loop.run();
System.exit(status);

<?php

return [
    'transport_running' => 'kessai {version} answers in {milliseconds} ms.',
    'transport_other' => 'kessai {version} answers in {milliseconds} ms, and this extension is {own}. They work together.',

    'transport_debian' => 'A server of your own (Debian, Ubuntu)',
    'transport_docker' => 'Docker',
    'transport_hosting' => 'Plain hosting',

    'transport_remedy_sidecar.absent' => 'Follow the steps below. Where you have done so, compare the path or address with the one above.',
    'transport_remedy_sidecar.unauthorized' => 'Enter the text of the token file once more: what is stored here is another.',
    'transport_remedy_process.absent' => 'Install Node.js 20.19 or newer by the steps below, and enter the path of its program above.',
    'transport_remedy_process.disabled' => 'Ask your hosting provider to allow proc_open, or run kessai on a server of your own.',
    'transport_remedy_process.failed' => 'Run the command that tries kessai in the steps below: it says more.',
    'transport_remedy_client.older' => 'Update this extension.',
    'transport_remedy_client.newer' => 'kessai runs from an old copy. Do the last of the steps below, “After an update”.',
    'transport_remedy_client.ahead' => 'kessai runs from an old copy. Do the last of the steps below, “After an update”.',

    'transport_node_title' => 'Install Node.js',
    'transport_node_text' => 'As root. kessai needs Node.js 20.19 or newer; your system has it.',
    'transport_node_tarball_title' => 'Install Node.js',
    'transport_node_tarball_text' => 'As root. kessai needs Node.js 20.19 or newer. Debian 12 and Ubuntu 24.04 have version 18, which is too old, so it comes '
        . 'from nodejs.org. Where you prefer packages, NodeSource (deb.nodesource.com) has them.',
    'transport_node_there_title' => 'Node.js is there',
    'transport_node_there_text' => 'Node.js {version} was found at {path}. Nothing is to be done.',
    'transport_copy_title' => 'Copy kessai out of the shop',
    'transport_copy_text' => 'As root, like all that follows. Into a folder of root’s: what a service runs must not be what a web server can write. It needs no npm.',
    'transport_account_title' => 'Make a user for it',
    'transport_account_text' => 'kessai runs as a user of its own, without any rights. It sends to no server but the one that is named here; usually the '
        . 'shop itself sends.',
    'transport_units_title' => 'Let systemd start it',
    'transport_units_text' => 'The group {group}, that of your shop’s PHP, may use the socket; nobody else may.',
    'transport_check_title' => 'See that it answers',
    'transport_check_text' => 'It prints “ok”.',
    'transport_choose_socket_title' => 'Choose it here',
    'transport_choose_socket_text' => 'Unix socket, with the path {path}. Save, and the indicator turns green.',
    'transport_update_title' => 'After an update of this extension',
    'transport_update_text' => 'The copy has to follow. Until then the old one goes on working; the indicator says when it is too old.',

    'transport_container_folder_title' => 'Make a folder for the socket',
    'transport_container_folder_text' => 'It belongs to {user}, as whom your shop’s PHP runs, and to nobody else.',
    'transport_container_title' => 'Start the container',
    'transport_container_text' => 'The official image of Node.js, without any rights, with nothing to write to but the socket.',
    'transport_container_volume_title' => 'Make a volume for the socket',
    'transport_container_volume_text' => 'It belongs to {user}, as whom the PHP of your shop’s container runs, and to nobody else.',
    'transport_container_share_title' => 'Give the volume to the shop’s container',
    'transport_container_share_text' => 'Start your shop’s container anew with this option as well; in a compose file it is a line under “volumes”.',

    'transport_hosting_needs_title' => 'What your hosting must have',
    'transport_hosting_needs_text' => 'kessai then runs as a short process each time it is needed, some 0.1 to 0.3 seconds and 60 MB. That takes Node.js '
        . '20.19 or newer, and a PHP that may start programs. {programs} {node}',
    'transport_may_start' => 'This PHP may start programs.',
    'transport_may_not_start' => 'This PHP may not start programs: proc_open is disabled.',
    'transport_has_node' => 'Node.js {version} was found at {path}.',
    'transport_no_node' => 'No Node.js was found.',
    'transport_hosting_find_title' => 'Look for Node.js',
    'transport_hosting_find_text' => 'By SSH. Hosting panels have it under “Node.js” or “Setup Node.js App”; the program is then at one of these places. Where '
        . 'a version of 20 or above is listed, go on with the last step.',
    'transport_hosting_install_title' => 'Or install it for yourself',
    'transport_hosting_install_text' => 'By SSH, in your own folder; no rights are needed.',
    'transport_hosting_try_title' => 'Try it',
    'transport_hosting_try_text' => 'By SSH. It prints the version of kessai.',
    'transport_choose_process_title' => 'Choose it here',
    'transport_choose_process_text' => 'Process, with this path of Node.js. Save, and the indicator turns green.',
    'transport_hosting_cannot_title' => 'Where it cannot run',
    'transport_hosting_cannot_text' => 'Hosting that forbids proc_open, that runs no programs of its customers, or whose memory limit is below 150 MB a process '
        . 'cannot run kessai. Many of the cheapest plans are so. Move the shop to a plan with Node.js or to a server of your own, or run kessai on a small '
        . 'server and reach it by https (TCP).',
];

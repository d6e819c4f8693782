<?php

return [
    'transport_running' => 'kessai {version} が {milliseconds} ミリ秒で応答しています。',
    'transport_other' => 'kessai {version} が {milliseconds} ミリ秒で応答しています。この拡張機能は {own} ですが、組み合わせて動作します。',

    'transport_debian' => '自分のサーバー（Debian、Ubuntu）',
    'transport_docker' => 'Docker',
    'transport_hosting' => 'レンタルサーバー',

    'transport_remedy_sidecar.absent' => '下の手順を行ってください。済んでいる場合は、パスまたはアドレスが上の設定と同じか確認してください。',
    'transport_remedy_sidecar.unauthorized' => 'トークンファイルの内容をもう一度入力してください。保存されているものと一致しません。',
    'transport_remedy_process.absent' => '下の手順で Node.js 20.19 以降をインストールし、プログラムのパスを上に入力してください。',
    'transport_remedy_process.disabled' => 'proc_open を許可するようサーバー会社に依頼するか、自分のサーバーで kessai を動かしてください。',
    'transport_remedy_process.failed' => '下の手順にある動作確認のコマンドを実行してください。詳しい理由が表示されます。',
    'transport_remedy_client.older' => 'この拡張機能を更新してください。',
    'transport_remedy_client.newer' => 'kessai が古いコピーから動いています。下の手順の最後「拡張機能を更新したあと」を行ってください。',
    'transport_remedy_client.ahead' => 'kessai が古いコピーから動いています。下の手順の最後「拡張機能を更新したあと」を行ってください。',

    'transport_node_title' => 'Node.js をインストールする',
    'transport_node_text' => 'root で実行します。kessai には Node.js 20.19 以降が必要です。お使いのシステムに含まれています。',
    'transport_node_tarball_title' => 'Node.js をインストールする',
    'transport_node_tarball_text' => 'root で実行します。kessai には Node.js 20.19 以降が必要です。Debian 12 と Ubuntu 24.04 の Node.js は 18 で古すぎるため、nodejs.org から'
        . '取得します。パッケージで入れたい場合は NodeSource（deb.nodesource.com）にあります。',
    'transport_node_there_title' => 'Node.js はあります',
    'transport_node_there_text' => '{path} に Node.js {version} が見つかりました。何もする必要はありません。',
    'transport_copy_title' => 'kessai をショップの外へコピーする',
    'transport_copy_text' => 'ここから先はすべて root で実行します。root のフォルダーに置きます。サービスとして動かすものを、ウェブサーバーが書き換えられてはならないためです。npm は不要です。',
    'transport_account_title' => '専用のユーザーを作る',
    'transport_account_text' => 'kessai は何の権限も持たない専用のユーザーで動きます。ここに書いたサーバー以外には送信しません。通常はショップ自身が送信します。',
    'transport_units_title' => 'systemd で起動する',
    'transport_units_text' => 'ソケットを使えるのは、ショップの PHP のグループ {group} だけです。',
    'transport_check_title' => '応答を確認する',
    'transport_check_text' => '「ok」と表示されます。',
    'transport_choose_socket_title' => 'この画面で選ぶ',
    'transport_choose_socket_text' => '「Unix ソケット」を選び、パスを {path} にします。保存すると、表示が緑になります。',
    'transport_update_title' => '拡張機能を更新したあと',
    'transport_update_text' => 'コピーも更新してください。それまでは古いものが動き続け、古すぎる場合は表示で分かります。',

    'transport_container_folder_title' => 'ソケットのフォルダーを作る',
    'transport_container_folder_text' => 'ショップの PHP を実行する {user} だけのものになります。',
    'transport_container_title' => 'コンテナーを起動する',
    'transport_container_text' => 'Node.js の公式イメージを、権限なしで、ソケット以外には何も書き込めない状態で動かします。',
    'transport_container_volume_title' => 'ソケットのボリュームを作る',
    'transport_container_volume_text' => 'ショップのコンテナーで PHP を実行する {user} だけのものになります。',
    'transport_container_share_title' => 'ショップのコンテナーにボリュームを渡す',
    'transport_container_share_text' => 'ショップのコンテナーを、この指定を加えて起動し直してください。compose ファイルでは「volumes」の 1 行です。',

    'transport_hosting_needs_title' => 'サーバーに必要なもの',
    'transport_hosting_needs_text' => 'kessai は必要なときだけ短い処理として動きます（0.1〜0.3 秒、約 60 MB）。Node.js 20.19 以降と、プログラムを起動できる '
        . 'PHP が必要です。{programs}{node}',
    'transport_may_start' => 'この PHP はプログラムを起動できます。',
    'transport_may_not_start' => 'この PHP はプログラムを起動できません（proc_open が無効です）。',
    'transport_has_node' => '{path} に Node.js {version} が見つかりました。',
    'transport_no_node' => 'Node.js は見つかりませんでした。',
    'transport_hosting_find_title' => 'Node.js を探す',
    'transport_hosting_find_text' => 'SSH で実行します。管理画面の「Node.js」や「Setup Node.js App」で有効にすると、プログラムは次のいずれかの場所に'
        . 'あります。バージョン 20 以降が表示されたら、最後の手順に進んでください。',
    'transport_hosting_install_title' => 'または、自分用にインストールする',
    'transport_hosting_install_text' => 'SSH で、自分のフォルダーに入れます。特別な権限は不要です。',
    'transport_hosting_try_title' => '動作を確認する',
    'transport_hosting_try_text' => 'SSH で実行します。kessai のバージョンが表示されます。',
    'transport_choose_process_title' => 'この画面で選ぶ',
    'transport_choose_process_text' => '「プロセス」を選び、Node.js をこのパスにします。保存すると、表示が緑になります。',
    'transport_hosting_cannot_title' => '動かせないサーバー',
    'transport_hosting_cannot_text' => 'proc_open を禁止しているサーバー、利用者のプログラムを実行できないサーバー、1 プロセスのメモリーが 150 MB 未満の'
        . 'サーバーでは kessai を動かせません。安価なプランの多くが該当します。Node.js を使えるプランや自分のサーバーに移すか、小さなサーバーで kessai を'
        . '動かして https で接続してください（TCP）。',
];

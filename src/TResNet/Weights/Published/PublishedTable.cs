// What timm 1.0.29.dev0 (default_cfgs of tresnet.py, resnet.py, regnet.py, ...) and the official TResNet (MODEL_ZOO.md) say they publish for
// the networks here, without what is under a non-commercial licence.
namespace TResNet.Weights.Published;

/// <summary>The published weights, as a table: name, classes, and where they are.</summary>
internal static class PublishedTable
{
    /// <summary>The words that the third column begins with, and what they stand for.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Places = new Dictionary<string, string>
    {
        ["timm"] = "https://github.com/huggingface/pytorch-image-models/releases/download/",
        ["torchvision"] = "https://download.pytorch.org/models/",
        ["miil"] = "https://miil-public-eu.oss-eu-central-1.aliyuncs.com/model-zoo/tresnet/",
    };

    /// <summary>
    /// One line each; <c>hub</c> is timm's repository of that name on the Hugging Face Hub. Eight hexadecimal digits at a file name's end are
    /// the first of its SHA-256, as in every file that torch.hub checks.
    /// </summary>
    internal const string Text = """
        tresnet_m.miil_in21k_ft_in1k         1000   hub
        tresnet_m.miil_in21k                 11221  hub
        tresnet_m.miil_in1k                  1000   hub
        tresnet_l.miil_in1k                  1000   hub
        tresnet_xl.miil_in1k                 1000   hub
        tresnet_m.miil_in1k_448              1000   hub
        tresnet_l.miil_in1k_448              1000   hub
        tresnet_xl.miil_in1k_448             1000   hub
        tresnet_v2_l.miil_in21k_ft_in1k      1000   hub
        tresnet_v2_l.miil_in21k              11221  hub
        resnet18.a1_in1k                     1000   timm/v0.1-rsb-weights/resnet18_a1_0-d63eafa0.pth
        resnet18.a2_in1k                     1000   timm/v0.1-rsb-weights/resnet18_a2_0-b61bd467.pth
        resnet18.a3_in1k                     1000   timm/v0.1-rsb-weights/resnet18_a3_0-40c531c8.pth
        resnet34.a1_in1k                     1000   timm/v0.1-rsb-weights/resnet34_a1_0-46f8f793.pth
        resnet34.a2_in1k                     1000   timm/v0.1-rsb-weights/resnet34_a2_0-82d47d71.pth
        resnet34.a3_in1k                     1000   timm/v0.1-rsb-weights/resnet34_a3_0-a20cabb6.pth
        resnet34.bt_in1k                     1000   timm/v0.1-weights/resnet34-43635321.pth
        resnet34.ra4_e3600_r224_in1k         1000   hub
        resnet50.a1_in1k                     1000   timm/v0.1-rsb-weights/resnet50_a1_0-14fe96d1.pth
        resnet50.a1h_in1k                    1000   timm/v0.1-rsb-weights/resnet50_a1h2_176-001a1197.pth
        resnet50.a2_in1k                     1000   timm/v0.1-rsb-weights/resnet50_a2_0-a2746f79.pth
        resnet50.a3_in1k                     1000   timm/v0.1-rsb-weights/resnet50_a3_0-59cae1ef.pth
        resnet50.b1k_in1k                    1000   timm/v0.1-rsb-weights/resnet50_b1k-532a802a.pth
        resnet50.b2k_in1k                    1000   timm/v0.1-rsb-weights/resnet50_b2k-1ba180c1.pth
        resnet50.c1_in1k                     1000   timm/v0.1-rsb-weights/resnet50_c1-5ba5e060.pth
        resnet50.c2_in1k                     1000   timm/v0.1-rsb-weights/resnet50_c2-d01e05b2.pth
        resnet50.d_in1k                      1000   timm/v0.1-rsb-weights/resnet50_d-f39db8af.pth
        resnet50.ram_in1k                    1000   timm/v0.1-weights/resnet50_ram-a26f946b.pth
        resnet50.am_in1k                     1000   timm/v0.1-weights/resnet50_am-6c502b37.pth
        resnet50.ra_in1k                     1000   timm/v0.1-weights/resnet50_ra-85ebb6e5.pth
        resnet50.bt_in1k                     1000   timm/v0.1-weights/rw_resnet50-86acaeed.pth
        resnet50d.ra2_in1k                   1000   timm/v0.1-weights/resnet50d_ra2-464e36ba.pth
        resnet50d.ra4_e3600_r224_in1k        1000   hub
        resnet50d.a1_in1k                    1000   timm/v0.1-rsb-weights/resnet50d_a1_0-e20cff14.pth
        resnet50d.a2_in1k                    1000   timm/v0.1-rsb-weights/resnet50d_a2_0-a3adc64d.pth
        resnet50d.a3_in1k                    1000   timm/v0.1-rsb-weights/resnet50d_a3_0-403fdfad.pth
        resnet101.a1h_in1k                   1000   timm/v0.1-rsb-weights/resnet101_a1h-36d3f2aa.pth
        resnet101.a1_in1k                    1000   timm/v0.1-rsb-weights/resnet101_a1_0-cdcb52a9.pth
        resnet101.a2_in1k                    1000   timm/v0.1-rsb-weights/resnet101_a2_0-6edb36c7.pth
        resnet101.a3_in1k                    1000   timm/v0.1-rsb-weights/resnet101_a3_0-1db14157.pth
        wide_resnet50_2.racm_in1k            1000   timm/v0.1-weights/wide_resnet50_racm-8234f177.pth
        resnet18.tv_in1k                     1000   torchvision/resnet18-f37072fd.pth
        resnet34.tv_in1k                     1000   torchvision/resnet34-b627a593.pth
        resnet50.tv_in1k                     1000   torchvision/resnet50-0676ba61.pth
        resnet50.tv2_in1k                    1000   torchvision/resnet50-11ad3fa6.pth
        resnet101.tv_in1k                    1000   torchvision/resnet101-63fe2227.pth
        resnet101.tv2_in1k                   1000   torchvision/resnet101-cd907fc2.pth
        wide_resnet50_2.tv_in1k              1000   torchvision/wide_resnet50_2-95faca4d.pth
        wide_resnet50_2.tv2_in1k             1000   torchvision/wide_resnet50_2-9ba9bcbe.pth
        resnext50_32x4d.a1h_in1k             1000   timm/v0.1-rsb-weights/resnext50_32x4d_a1h-0146ab0a.pth
        resnext50_32x4d.a1_in1k              1000   timm/v0.1-rsb-weights/resnext50_32x4d_a1_0-b5a91a1d.pth
        resnext50_32x4d.a2_in1k              1000   timm/v0.1-rsb-weights/resnext50_32x4d_a2_0-efc76add.pth
        resnext50_32x4d.a3_in1k              1000   timm/v0.1-rsb-weights/resnext50_32x4d_a3_0-3e450271.pth
        resnext50_32x4d.ra_in1k              1000   timm/v0.1-weights/resnext50_32x4d_ra-d733960d.pth
        resnext50_32x4d.tv_in1k              1000   torchvision/resnext50_32x4d-7cdf4587.pth
        resnext50_32x4d.tv2_in1k             1000   torchvision/resnext50_32x4d-1a0047aa.pth
        ecaresnet50d.miil_in1k               1000   timm/v0.1-tresnet/ecaresnet50d-93c81e3b.pth
        seresnet50.a1_in1k                   1000   timm/v0.1-rsb-weights/seresnet50_a1_0-ffa00869.pth
        seresnet50.a2_in1k                   1000   timm/v0.1-rsb-weights/seresnet50_a2_0-850de0d9.pth
        seresnet50.a3_in1k                   1000   timm/v0.1-rsb-weights/seresnet50_a3_0-317ecd56.pth
        seresnet50.ra2_in1k                  1000   timm/v0.1-weights/seresnet50_ra_224-8efdb4bb.pth
        seresnext50_32x4d.racm_in1k          1000   timm/v0.1-weights/seresnext50_32x4d_racm-a304a460.pth
        resnetaa50d.sw_in12k_ft_in1k         1000   hub
        resnetaa50d.sw_in12k                 11821  hub
        resnetaa50d.d_in12k                  11821  hub
        resnetblur50.bt_in1k                 1000   timm/v0.1-weights/resnetblur50-84f4748f.pth
        resnet18.gluon_in1k                  1000   hub
        resnet34.gluon_in1k                  1000   hub
        resnet50.gluon_in1k                  1000   hub
        resnet101.gluon_in1k                 1000   hub
        resnet50d.gluon_in1k                 1000   hub
        resnext50_32x4d.gluon_in1k           1000   hub
        seresnext50_32x4d.gluon_in1k         1000   hub
        regnety_032.ra_in1k                  1000   timm/v0.1-weights/regnety_032_ra-7f2439f9.pth
        regnety_040.ra3_in1k                 1000   timm/v0.1-tpu-weights/regnety_040_ra3-670e1166.pth
        regnety_064.ra3_in1k                 1000   timm/v0.1-tpu-weights/regnety_064_ra3-aa26dc7d.pth
        regnety_080.ra3_in1k                 1000   timm/v0.1-tpu-weights/regnety_080_ra3-1fdc4344.pth
        regnety_120.sw_in12k_ft_in1k         1000   hub
        regnety_160.sw_in12k_ft_in1k         1000   hub
        regnety_160.lion_in12k_ft_in1k       1000   hub
        regnety_120.sw_in12k                 11821  hub
        regnety_160.sw_in12k                 11821  hub
        regnety_160.deit_in1k                1000   hub
        regnetx_008.tv2_in1k                 1000   hub
        regnetx_016.tv2_in1k                 1000   hub
        regnetx_032.tv2_in1k                 1000   hub
        regnetx_080.tv2_in1k                 1000   hub
        regnetx_160.tv2_in1k                 1000   hub
        regnetx_320.tv2_in1k                 1000   hub
        regnety_004.tv2_in1k                 1000   hub
        regnety_016.tv2_in1k                 1000   hub
        regnety_032.tv2_in1k                 1000   hub
        regnety_160.tv2_in1k                 1000   hub
        regnety_320.tv2_in1k                 1000   hub
        regnetx_002.pycls_in1k               1000   hub
        regnetx_004.pycls_in1k               1000   hub
        regnetx_006.pycls_in1k               1000   hub
        regnetx_008.pycls_in1k               1000   hub
        regnetx_016.pycls_in1k               1000   hub
        regnetx_032.pycls_in1k               1000   hub
        regnetx_040.pycls_in1k               1000   hub
        regnetx_064.pycls_in1k               1000   hub
        regnetx_080.pycls_in1k               1000   hub
        regnetx_120.pycls_in1k               1000   hub
        regnetx_160.pycls_in1k               1000   hub
        regnetx_320.pycls_in1k               1000   hub
        regnety_002.pycls_in1k               1000   hub
        regnety_004.pycls_in1k               1000   hub
        regnety_006.pycls_in1k               1000   hub
        regnety_008.pycls_in1k               1000   hub
        regnety_016.pycls_in1k               1000   hub
        regnety_032.pycls_in1k               1000   hub
        regnety_040.pycls_in1k               1000   hub
        regnety_064.pycls_in1k               1000   hub
        regnety_080.pycls_in1k               1000   hub
        regnety_120.pycls_in1k               1000   hub
        regnety_160.pycls_in1k               1000   hub
        regnety_320.pycls_in1k               1000   hub
        skresnext50_32x4d.ra_in1k            1000   hub
        resnest50d.in1k                      1000   hub
        resnetv2_50.a1h_in1k                 1000   hub
        resnetv2_50d_evos.ah_in1k            1000   hub
        mnasnet_100.rmsp_in1k                1000   timm/v0.1-weights/mnasnet_b1-74cb7081.pth
        mobilenetv2_100.ra_in1k              1000   timm/v0.1-weights/mobilenetv2_100_ra-b33bc2c4.pth
        efficientnet_b0.ra_in1k              1000   timm/v0.1-weights/efficientnet_b0_ra-3dd342df.pth
        efficientnet_b0.ra4_e3600_r224_in1k  1000   hub
        efficientnet_b1.ra4_e3600_r240_in1k  1000   hub
        efficientnet_b1.ft_in1k              1000   timm/v0.1-weights/efficientnet_b1-533bc792.pth
        efficientnet_b2.ra_in1k              1000   timm/v0.1-weights/efficientnet_b2_ra-bcdf34b7.pth
        efficientnet_b3.ra2_in1k             1000   timm/v0.1-weights/efficientnet_b3_ra2-cf984f9c.pth
        efficientnet_b4.ra2_in1k             1000   timm/v0.1-weights/efficientnet_b4_ra2_320-7eb33cd5.pth
        efficientnet_b5.sw_in12k_ft_in1k     1000   hub
        efficientnet_b5.sw_in12k             11821  hub
        mixnet_s.ft_in1k                     1000   timm/v0.1-weights/mixnet_s-a907afbc.pth
        mixnet_m.ft_in1k                     1000   timm/v0.1-weights/mixnet_m-4647fc68.pth
        mixnet_l.ft_in1k                     1000   timm/v0.1-weights/mixnet_l-5a9a2ed8.pth
        mixnet_xl.ra_in1k                    1000   timm/v0.1-weights/mixnet_xl_ra-aac3c00c.pth
        tresnet_m.official                   1000   miil/tresnet_m.pth
        tresnet_m.official_448               1000   miil/tresnet_m_448.pth
        tresnet_l.official                   1000   miil/tresnet_l.pth
        tresnet_l.official_448               1000   miil/tresnet_l_448.pth
        tresnet_xl.official                  1000   miil/tresnet_xl.pth
        tresnet_xl.official_448              1000   miil/tresnet_xl_448.pth
        """;
}
